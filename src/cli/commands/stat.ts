// `meshwise stat`: golden signals per service, as its callers saw it.
import type { Command } from "commander";
import type { Answer, StatRow } from "../../api/types.ts";
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
import { bytes, count, latency, percent, rate } from "../output/format.ts";
import type { Column } from "../output/table.ts";
import { runningProject } from "../project.ts";

type Options = OutputOptions & WindowOptions & { readonly watch?: boolean };

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
  {
    title: "SUCCESS",
    align: "right",
    cell: ({ success }) => ({
      text: percent(success),
      tone: success !== undefined && success < 0.99 ? "bad" : undefined,
    }),
  },
  { title: "RPS", align: "right", cell: (row) => rate(row.rps) },
  { title: "P50", align: "right", cell: (row) => latency(row.p50) },
  { title: "P95", align: "right", cell: (row) => latency(row.p95) },
  { title: "P99", align: "right", cell: (row) => latency(row.p99) },
  { title: "CONNS", align: "right", cell: (row) => count(row.connections) },
  { title: "REQUESTS", align: "right", wide: true, cell: (row) => count(row.requests) },
  { title: "FAILED", align: "right", wide: true, cell: (row) => count(row.failures) },
  { title: "IN", align: "right", wide: true, cell: (row) => bytes(row.requestBytes) },
  { title: "OUT", align: "right", wide: true, cell: (row) => bytes(row.responseBytes) },
  { title: "PROTOCOLS", wide: true, cell: (row) => row.protocols.join(",") },
  { title: "NAMESPACE", wide: true, cell: (row) => row.namespace },
];

export const stat: Register = (program, act) => {
  const command = program.command("stat").argument("[service]", "only this one");
  outputOption(windowOptions(projectOptions(command), "60s")).option("-w, --watch", "again each second, until Ctrl-C");
  manual(command, {
    summary: "Success rate, requests per second and latencies of each service",
    examples: {
      "meshwise stat": "every service, over the last minute",
      "meshwise stat cart --since 15m": "one service, over a quarter of an hour",
      "meshwise stat --watch": "again each second",
      "meshwise stat -o json | jq '.rows[]'": "for programs",
    },
    seeAlso:
      "stat = how each service does; edges = who calls whom; tap = single exchanges; check = is the mesh itself healthy.",
  });
  command.action(
    act(async (context: Context, service: string | undefined, options: Options, self: Command) => {
      const query = { ...windowParameters(options), ...(service !== undefined && { service }) };
      const ask = async (): Promise<Answer<StatRow>> => {
        const { state } = await runningProject(context, projectOf(self));
        return observatoryOf(state, context.clock).stat(query);
      };
      const view = (answer: Answer<StatRow>) => answerView(answer, STAT_COLUMNS);
      return figures({
        context,
        format: options.output,
        isWatched: options.watch === true,
        ask,
        view,
        nothing: nothing(service),
      });
    }),
  );
};

function nothing(service: string | undefined): string {
  return service === undefined
    ? "No service is known to the observatory yet; see `meshwise ps`."
    : `No service named ${service} was seen; see \`meshwise stat\`.`;
}
