// `meshwise edges`: who calls whom, and how that goes.
import type { Command } from "commander";
import type { Answer, EdgeRow } from "../../api/types.ts";
import { answerView, figures } from "../answer.ts";
import { observatoryOf } from "../client/observatory.ts";
import type { Register } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import {
  type OutputOptions,
  outputOption,
  projectOf,
  projectOptions,
  type WindowOptions,
  windowOptions,
  windowParameters,
} from "../options.ts";
import { COUNT_COLUMNS, SIGNAL_COLUMNS } from "../output/signals.ts";
import type { Column } from "../output/table.ts";
import { runningProject } from "../project.ts";

type Options = OutputOptions & WindowOptions & { readonly watch?: boolean };

const COLUMNS: readonly Column<EdgeRow>[] = [
  { title: "SOURCE", cell: (row) => row.source },
  { title: "DESTINATION", cell: (row) => `${row.destination}:${row.port}` },
  { title: "PROTOCOL", cell: (row) => row.protocol },
  ...SIGNAL_COLUMNS,
  ...COUNT_COLUMNS,
];

export const edges: Register = (program, act) => {
  const command = program.command("edges").argument("[service]", "only what this one calls, and who calls it");
  outputOption(windowOptions(projectOptions(command), "60s")).option("-w, --watch", "again each second, until Ctrl-C");
  manual(command, {
    summary: "Who calls whom: success rate, requests per second and latencies of each pair",
    examples: {
      "meshwise edges": "every pair that exchanged something in the last minute",
      "meshwise edges cart": "whom cart calls, and who calls cart",
      "meshwise edges --since 15m -o wide": "over a quarter of an hour, with counts and bytes",
      "meshwise edges -o ndjson": "a line of JSON per pair",
    },
    seeAlso: "edges = who calls whom; stat = how each service does; tap = single exchanges.",
  });
  command.action(
    act(async (context: Context, service: string | undefined, options: Options, self: Command) => {
      const ask = async (): Promise<Answer<EdgeRow>> => {
        const { state } = await runningProject(context, projectOf(self));
        return observatoryOf(state, context.clock).edges({
          ...windowParameters(options),
          ...(service !== undefined && { service }),
        });
      };
      const view = (answer: Answer<EdgeRow>) => answerView(answer, COLUMNS);
      const nothing =
        "Nothing was called in that time. Try `meshwise run -- curl http://SERVICE:PORT/`, or a longer --since.";
      return figures({ context, format: options.output, isWatched: options.watch === true, ask, view, nothing });
    }),
  );
};
