// `meshwise logs`: what the workloads print, each line with who said it.
import type { Command } from "commander";
import { MeshError } from "../../base/errors/index.ts";
import type { Register } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import { logPrinter } from "../log-printer.ts";
import { type OutputOptions, outputOption, projectOf, projectOptions } from "../options.ts";
import { runningProject } from "../project.ts";
import { wholeNumber } from "../values.ts";

type Options = OutputOptions & { readonly follow?: boolean; readonly tail?: number };

export const logs: Register = (program, act) => {
  const command = program.command("logs").argument("[service...]", "only these");
  outputOption(projectOptions(command, "--file <path>"))
    .option("-f, --follow", "go on with new lines as they come, until Ctrl-C")
    .option("-n, --tail <count>", "only the last lines of each workload", wholeNumber);
  manual(command, {
    summary: "What the workloads print",
    examples: {
      "meshwise logs": "all that is kept",
      "meshwise logs -f --tail 20 cart pay": "the last lines of two services, and new ones as they come",
      "meshwise logs mesh": "what the mesh itself says",
      "meshwise logs -o ndjson | jq -r .text": "for programs",
    },
    seeAlso: "logs = what workloads say; tap = what they exchange.",
  });
  command.action(
    act(async (context: Context, services: string[], options: Options, self: Command) => {
      const { client, state } = await runningProject(context, projectOf(self));
      const known = new Set(["mesh", ...state.workloads.flatMap(({ id, service }) => [id, service])]);
      for (const service of services) if (!known.has(service)) throw new MeshError("service_not_found", service);
      const print = logPrinter(
        context,
        options.output,
        state.workloads.map(({ id }) => id),
      );
      for await (const line of client.logs({ services, tail: options.tail, follow: options.follow === true })) {
        await print(line);
      }
      return 0;
    }),
  );
};
