// `meshwise upgrade`: the running project's agent becomes that of the program which says so, and no request is lost.
import { type Command, Option } from "commander";
import { tell } from "../apply.ts";
import type { Register } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption, projectOf, projectOptions } from "../options.ts";
import { emit, isForPeople } from "../output/emit.ts";
import { runningProject } from "../project.ts";
import { durationMs } from "../values.ts";

const AGENT = new URL("../../main/supervisor.ts", import.meta.url).pathname;
const GRACE_MS = 30_000;

type Options = OutputOptions & { readonly grace: number };

export const upgrade: Register = (program, act) => {
  const command = outputOption(projectOptions(program.command("upgrade")));
  command.addOption(
    new Option("--grace <duration>", "how long open connections may go on; then they are cut")
      .argParser(durationMs)
      .default(GRACE_MS, "30s"),
  );
  manual(command, {
    summary: "Replace the running project's agent by this version, without losing a request",
    more: `Put the new version in place, there or anywhere else, and call it. Its agent is started beside the old one, takes
over the sockets once it is ready, and the old one finishes what it has begun. If it does not get ready, the old one goes
on. Services are not touched, and the same version is a way to have all workers anew. What was started by \`up\` besides
the agent stays as it is until \`down\` and \`up\`.`,
    examples: {
      "meshwise upgrade": "the project of this folder",
      "../meshwise-2/bin/meshwise upgrade -p shop": "by a version that lies elsewhere",
      "meshwise upgrade --grace 5m": "with five minutes for what is open, such as a database's connections",
      "meshwise upgrade -o json | jq .cut": "how many connections had to be cut",
    },
    seeAlso: "upgrade = the mesh itself; up = services that changed; apply = routes and policies.",
  });
  command.action(
    act(async (context: Context, options: Options, self: Command) => {
      const { client } = await runningProject(context, projectOf(self));
      const request = { program: { runtime: process.execPath, main: AGENT }, graceMs: options.grace };
      const { upgraded } = await tell(context, client.upgrade(request));
      if (isForPeople(options.output)) return 0;
      await emit({ document: upgraded, rows: [upgraded], lines: () => [] }, options.output, context.out);
      return 0;
    }),
  );
};
