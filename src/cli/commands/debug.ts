// `meshwise debug …`: what the mesh has in its head, for us and for the curious. Its documents may change at any time.
import { Argument, type Command, Option } from "commander";
import type { Register } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import { projectOf, projectOptions } from "../options.ts";
import { emit } from "../output/emit.ts";
import { runningProject } from "../project.ts";

const SUBJECTS = ["config", "connections", "profile"] as const;
const FORMATS = ["json", "yaml", "ndjson"] as const;

type Subject = (typeof SUBJECTS)[number];
type Options = { readonly output: (typeof FORMATS)[number] };

export const debug: Register = (program, act) => {
  const command = program
    .command("debug")
    .addArgument(new Argument("<what>", "which part").choices(SUBJECTS))
    .addOption(new Option("-o, --output <format>", "form of the output").choices(FORMATS).default("json"));
  manual(projectOptions(command), {
    summary: "What the mesh has in its head: configuration, connections, profile",
    examples: {
      "meshwise debug config": "the configuration that the workers hold",
      "meshwise debug connections": "every connection that they carry now",
      "meshwise debug profile": "where they spend their CPU time",
    },
    seeAlso: "debug = the mesh from inside; check = is the mesh itself healthy.",
  });
  command.action(
    act(async (context: Context, what: Subject, options: Options, self: Command) => {
      const { client } = await runningProject(context, projectOf(self));
      const document = await client.debug(what);
      await emit(
        { document, rows: Array.isArray(document) ? document : [document], lines: () => [] },
        options.output,
        context.out,
      );
      return 0;
    }),
  );
};
