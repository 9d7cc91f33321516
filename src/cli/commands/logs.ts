// `meshwise logs`: what the workloads print, each line with who said it.
import type { Command } from "commander";
import type { LogRow } from "../../api/types.ts";
import { MeshError } from "../../base/errors/index.ts";
import { answerView, sayGaps } from "../answer.ts";
import { observatoryOf } from "../client/observatory.ts";
import type { Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";
import { logPrinter } from "../log-printer.ts";
import { type OutputOptions, outputOption, projectOf, projectOptions } from "../options.ts";
import { emit } from "../output/emit.ts";
import { dateTime } from "../output/format.ts";
import type { Column } from "../output/table.ts";
import { printable } from "../output/width.ts";
import { runningProject } from "../project.ts";
import { wholeNumber } from "../values.ts";

type Options = OutputOptions & { readonly follow?: boolean; readonly tail?: number; readonly trace?: string };

const COLUMNS: readonly Column<LogRow>[] = [
  { title: "TIME", cell: ({ time }) => ({ text: dateTime(time), tone: "quiet" }) },
  { title: "WORKLOAD", cell: ({ workload, service }) => workload || service },
  { title: "LEVEL", cell: ({ level }) => level },
  { title: "TEXT", cell: ({ text }) => printable(text) },
  { title: "SPAN", wide: true, cell: ({ spanId }) => spanId ?? "" },
];

export const logs: Register = (program, act) => {
  const command = program.command("logs").argument("[service...]", "only these");
  outputOption(projectOptions(command, "--file <path>"))
    .option("-f, --follow", "go on with new lines as they come, until Ctrl-C")
    .option("-n, --tail <count>", "only the last lines of each workload", wholeNumber)
    .option("--trace <id>", "what was sent with this trace, and what its services printed meanwhile");
  manual(command, {
    summary: "What the workloads print",
    examples: {
      "meshwise logs": "all that is kept",
      "meshwise logs -f --tail 20 cart pay": "the last lines of two services, and new ones as they come",
      "meshwise logs mesh": "what the mesh itself says",
      "meshwise logs --trace 4bf92f35":
        "what was said while a request was under way; printed lines may be of others too",
      "meshwise logs -o ndjson | jq -r .text": "for programs",
    },
    seeAlso: "logs = what workloads say; tap = what they exchange.",
  });
  command.action(
    act(async (context: Context, services: string[], options: Options, self: Command) => {
      const { client, state } = await runningProject(context, projectOf(self));
      if (options.trace !== undefined) {
        if (options.follow) self.error("--trace is of what is over: leave --follow out");
        const limit = options.tail?.toString();
        const answer = await observatoryOf(state, context.clock).logs({ trace: options.trace, limit });
        const rows = answer.rows.filter(({ service }) => services.length === 0 || services.includes(service));
        await emit(answerView({ ...answer, rows }, COLUMNS), options.output, context.out);
        if (rows.length === 0) await say(context, "Nothing was said in that time.");
        await sayGaps(context, answer);
        return 0;
      }
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
