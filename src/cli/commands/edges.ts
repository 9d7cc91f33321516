// `meshwise edges`: who calls whom, and how that goes.
import { type Command, Option } from "commander";
import type { Answer, EdgeRow } from "../../api/types.ts";
import { answerView, figures } from "../answer.ts";
import { observatoryOf } from "../client/observatory.ts";
import type { Register } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import {
  type OutputOptions,
  outputOption,
  probesOption,
  projectOf,
  projectOptions,
  type WindowOptions,
  windowOptions,
  windowParameters,
} from "../options.ts";
import { COUNT_COLUMNS, SIGNAL_COLUMNS } from "../output/signals.ts";
import type { Column } from "../output/table.ts";
import { runningProject } from "../project.ts";
import { wholeNumber } from "../values.ts";

type Options = OutputOptions &
  WindowOptions & { readonly watch?: boolean; readonly up?: number; readonly down?: number };

const COLUMNS: readonly Column<EdgeRow>[] = [
  { title: "SOURCE", cell: (row) => row.source },
  { title: "DESTINATION", cell: (row) => `${row.destination}:${row.port}` },
  { title: "PROTOCOL", cell: (row) => row.protocol },
  ...SIGNAL_COLUMNS,
  ...COUNT_COLUMNS,
];

export const edges: Register = (program, act) => {
  const command = program
    .command("edges")
    .argument("[service]", "only what this one calls, and who calls it")
    .addOption(
      new Option("--up <hops>", "with a service: its callers, their callers, … (default: 1)").argParser(wholeNumber),
    )
    .addOption(
      new Option("--down <hops>", "with a service: what it calls, what that calls, … (default: 1)").argParser(
        wholeNumber,
      ),
    );
  probesOption(outputOption(windowOptions(projectOptions(command), "60s"))).option(
    "-w, --watch",
    "again each second, until Ctrl-C",
  );
  manual(command, {
    summary: "Who calls whom: success rate, requests per second and latencies of each pair",
    examples: {
      "meshwise edges": "every pair that exchanged something in the last minute",
      "meshwise edges cart": "whom cart calls, and who calls cart",
      "meshwise edges cart --up 0 --down 3": "all that a request to cart leads to, three calls deep",
      "meshwise edges --since 15m -o wide": "over a quarter of an hour, with counts and bytes",
      "meshwise edges -o ndjson": "a line of JSON per pair",
    },
    seeAlso: "edges = who calls whom; stat = how each service does; tap = single exchanges.",
  });
  command.action(
    act(async (context: Context, service: string | undefined, options: Options, self: Command) => {
      const hops = options.up ?? options.down;
      if (hops !== undefined && service === undefined)
        self.error("--up and --down need a service, such as `edges cart`");
      const ask = async (): Promise<Answer<EdgeRow>> => {
        const { state } = await runningProject(context, projectOf(self));
        return observatoryOf(state, context.clock).edges({
          ...windowParameters(options),
          ...{ service, up: options.up?.toString(), down: options.down?.toString() },
        });
      };
      const view = (answer: Answer<EdgeRow>) => answerView(answer, COLUMNS);
      const nothing =
        "Nothing was called in that time. Try `meshwise run -- curl http://SERVICE:PORT/`, or a longer --since.";
      return figures({ context, format: options.output, isWatched: options.watch === true, ask, view, nothing });
    }),
  );
};
