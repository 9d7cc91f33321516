// `meshwise stat`: golden signals per service, as its callers saw it.
import { type Command, Option } from "commander";
import type { Answer, SeriesRow, StatRow } from "../../api/types.ts";
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
import { count, dateTime, latency } from "../output/format.ts";
import { COUNT_COLUMNS, SIGNAL_COLUMNS } from "../output/signals.ts";
import type { Column } from "../output/table.ts";
import { runningProject } from "../project.ts";
import { durationMs } from "../values.ts";

type Options = OutputOptions & WindowOptions & { readonly watch?: boolean; readonly step?: number };

export const STAT_COLUMNS: readonly Column<StatRow>[] = [
  { title: "SERVICE", cell: (row) => row.service },
  {
    title: "MESHED",
    align: "right",
    cell: ({ meshed }) => ({
      text: `${meshed.ready}/${meshed.total}`,
      tone: meshed.ready < meshed.total ? "warning" : undefined,
    }),
  },
  ...SIGNAL_COLUMNS,
  { title: "CONNS", align: "right", cell: (row) => count(row.connections) },
  ...COUNT_COLUMNS,
  { title: "PROTOCOLS", wide: true, cell: (row) => row.protocols.join(",") },
  { title: "NAMESPACE", wide: true, cell: (row) => row.namespace },
];

const STEP_COLUMNS: readonly Column<SeriesRow>[] = [
  { title: "TIME", cell: (row) => ({ text: dateTime(row.time), tone: row.isPartial ? "quiet" : undefined }) },
  ...SIGNAL_COLUMNS,
  ...COUNT_COLUMNS,
  { title: "SLOWEST", align: "right", wide: true, cell: ({ exemplar }) => latency(exemplar?.durationMs) },
  { title: "ITS TRACE", wide: true, cell: ({ exemplar }) => exemplar?.traceId ?? "" },
];

export const stat: Register = (program, act) => {
  const command = program.command("stat").argument("[service]", "only this one");
  probesOption(outputOption(windowOptions(projectOptions(command), "60s")))
    .option("-w, --watch", "again each second, until Ctrl-C")
    .addOption(
      new Option("--step <duration>", "with a service: over time, a row per step: 10s, 1m").argParser(durationMs),
    );
  manual(command, {
    summary: "Success rate, requests per second and latencies of each service",
    examples: {
      "meshwise stat": "every service, over the last minute",
      "meshwise stat cart --since 15m": "one service, over a quarter of an hour",
      "meshwise stat cart --since 15m --step 1m": "the same minute by minute",
      "meshwise stat --watch": "again each second",
      "meshwise stat -o json | jq '.rows[]'": "for programs",
    },
    seeAlso:
      "stat = how each service does; edges = who calls whom; tap = single exchanges; check = is the mesh itself healthy.",
  });
  command.action(
    act(async (context: Context, service: string | undefined, options: Options, self: Command) => {
      if (options.step !== undefined && service === undefined)
        self.error("--step needs a service, such as `stat cart`");
      const query = { ...windowParameters(options), ...(service !== undefined && { service }) };
      const observatory = async () =>
        observatoryOf((await runningProject(context, projectOf(self))).state, context.clock);
      const shared = { context, format: options.output, isWatched: options.watch === true, nothing: nothing(service) };
      if (options.step === undefined) {
        const ask = async (): Promise<Answer<StatRow>> => (await observatory()).stat(query);
        return figures({ ...shared, ask, view: (answer) => answerView(answer, STAT_COLUMNS) });
      }
      const ask = async () => (await observatory()).series({ ...query, step: `${options.step}ms` });
      return figures({ ...shared, ask, view: (answer: Answer<SeriesRow>) => answerView(answer, STEP_COLUMNS) });
    }),
  );
};

function nothing(service: string | undefined): string {
  return service === undefined
    ? "No service is known to the observatory yet; see `meshwise ps`."
    : `No service named ${service} was seen; see \`meshwise stat\`.`;
}
