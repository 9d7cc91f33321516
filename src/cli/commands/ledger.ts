// `meshwise ledger`: where the time of a service's requests went, as parts that add up.
import type { Command } from "commander";
import type { Ledger, LedgerAnswer, LedgerRow } from "../../api/types.ts";
import { sayGaps } from "../answer.ts";
import { observatoryOf } from "../client/observatory.ts";
import { EXIT, type Register } from "../command.ts";
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
import { tint } from "../output/colour.ts";
import { emit } from "../output/emit.ts";
import { latency, percent } from "../output/format.ts";
import { type Column, type TableStyle, table } from "../output/table.ts";
import { runningProject } from "../project.ts";

type Options = OutputOptions & WindowOptions & { readonly route?: string };

const BAR_CELLS = 30;

const COLUMNS: readonly Column<LedgerRow>[] = [
  { title: "PART", cell: (row) => row.part },
  { title: "OF", cell: (row) => row.of ?? "" },
  { title: "TIME", align: "right", cell: (row) => latency(row.ms) },
  { title: "SHARE", align: "right", cell: (row) => percent(row.share) },
  { title: "", cell: (row) => "█".repeat(Math.round(row.share * BAR_CELLS)) || " " },
];

export const ledger: Register = (program, act) => {
  const command = program.command("ledger").argument("<service>", "whose requests");
  outputOption(windowOptions(projectOptions(command), "15m")).option(
    "--route <route>",
    "only this route, as `meshwise routes` tells it: 'POST /checkout'",
  );
  manual(command, {
    summary: "Where the time of a service's requests went, as parts of their mean that add up",
    more: `Own time is what no call to others explains. It is divided by what the workload's tasks did in the same seconds:
on a CPU, waiting for one, waiting for storage or memory. What no figure of this host explains, such as locks and
sleeps, stays unexplained. Signals that the host lacks are named with the setting that would enable them.`,
    examples: {
      "meshwise ledger checkout": "over a quarter of an hour",
      'meshwise ledger checkout --route "POST /checkout" --since 5m': "one route, over the last five minutes",
      "meshwise ledger checkout -o json | jq .all.rows": "for programs",
    },
    seeAlso: "ledger = where time goes; stat = how much of it; tap = single exchanges with their phases.",
  });
  command.action(
    act(async (context: Context, service: string, options: Options, self: Command) => {
      const { state } = await runningProject(context, projectOf(self));
      const query = { ...windowParameters(options), service, ...(options.route && { route: options.route }) };
      const answer = await observatoryOf(state, context.clock).ledger(query);
      const view = { document: answer, rows: answer.all.rows, lines: (style: TableStyle) => lines(answer, style) };
      await emit(view, options.output, context.out);
      await sayGaps(context, answer);
      return EXIT.ok;
    }),
  );
};

function lines({ service, all, slow, confidence, how, missing }: LedgerAnswer, style: TableStyle): string[] {
  if (all.requests === 0) return [`No request to ${service} was seen in this window.`];
  const quiet = (text: string) => tint(text, "quiet", style.colour);
  return [
    ...block(`${all.requests} requests, ${latency(all.meanMs)} in the mean; confidence ${confidence}`, all, style),
    ...(slow ? ["", ...block(`the slowest ${slow.requests}, from ${latency(slow.fromMs)} on`, slow, style)] : []),
    "",
    ...how.map((sentence) => quiet(`${sentence}.`)),
    ...missing.map(({ signal, enable }) => quiet(`not seen here: ${signal}; needs ${enable}.`)),
  ];
}

function block(title: string, { rows }: Ledger, style: TableStyle): string[] {
  return [tint(title, "strong", style.colour), ...table(COLUMNS, rows, style)];
}
