// `meshwise funnel why`: why visitors are lost after a step of a funnel.
import type { Command } from "commander";
import { readSteps } from "../../analysis/journeys/funnel/definition.ts";
import type { LossAnswer, LossFinding, LossSegment } from "../../analysis/journeys/why/types.ts";
import { systemRandom } from "../../base/random.ts";
import { type Act, EXIT } from "../command.ts";
import type { Context } from "../context.ts";
import { readEvents } from "../events/read.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption } from "../options.ts";
import { tint } from "../output/colour.ts";
import { emit } from "../output/emit.ts";
import { type Column, type TableStyle, table } from "../output/table.ts";
import { wholeNumber } from "../values.ts";
import { type FunnelOptions, funnelOptions, misused } from "./funnel-options.ts";

type Options = OutputOptions & FunnelOptions & { readonly step?: number };

const FINDINGS: readonly Column<LossFinding>[] = [
  { title: "AT", cell: (row) => row.event },
  { title: "WHAT", cell: (row) => row.what },
  { title: "WHERE", cell: (row) => row.where ?? "" },
  { title: "MET BY", align: "right", cell: (row) => String(Math.round(row.exposed)) },
  { title: "LOST BY IT", align: "right", cell: (row) => String(Math.round(row.attributable)) },
  { title: "95 %", cell: ({ interval: [low, high] }) => `${Math.round(Math.max(0, low))}–${Math.round(high)}` },
  { title: "SINCE", cell: (row) => row.since ?? "" },
  { title: "DOSE", wide: true, cell: (row) => row.comparisons.dose },
  { title: "ODDS", wide: true, align: "right", cell: (row) => row.odds.toFixed(2) },
];

const SEGMENTS: readonly Column<LossSegment>[] = [
  { title: "AT", cell: (row) => row.event },
  { title: "LOST MORE OFTEN WITH", cell: (row) => row.what },
  { title: "CASES", align: "right", cell: (row) => String(row.cases) },
  { title: "POINTS", align: "right", cell: (row) => `+${(row.difference * 100).toFixed(1)}` },
];

export function registerFunnelWhy(funnel: Command, act: Act): void {
  const command = outputOption(
    funnelOptions(funnel.command("why").argument("<steps>", "names of events with ' > ' between")),
  );
  command.option(
    "--step <number>",
    "after which they are lost; default: where most are for a technical reason, or else where most are",
    wholeNumber,
  );
  manual(command, {
    summary:
      "Why visitors are lost after a step: what they met, or that it is not technical, or that nobody can say yet",
    more: `The events need attributes for it: status, a latency, and what they were served by (version, workload, zone). All others are
taken to say who the visitors are. docs/journeys.md says what is compared with what, and when nothing is claimed.`,
    examples: {
      "meshwise funnel why 'GET /product/{id} > POST /cart > POST /checkout' --events events.csv":
        "where most are lost",
      "meshwise funnel why 'view > cart > pay' --events events.csv --step 2 -o json":
        "after the second step, for programs",
    },
    seeAlso: "funnel = how many come through; funnel why = why the others do not.",
  });
  command.action(
    act(async (context: Context, text: string, _: unknown, self: Command) => {
      // An option that the command above has as well is given to it.
      const options = self.optsWithGlobals<Options>();
      const steps = readSteps(text);
      if ("wrong" in steps) return misused(context, `The funnel ${steps.wrong}`);
      if (options.events === undefined) {
        return misused(context, "There are no journeys of the running mesh yet: name a file of events with --events");
      }
      const { lossOf } = await import("../../analysis/journeys/why/why.ts");
      const log = await readEvents(context, options.events);
      const definition = {
        ...{ steps, order: options.order, unit: options.unit, windowMs: options.window ?? Number.POSITIVE_INFINITY },
        ...{ exclusions: options.exclude, reentry: "once" as const },
      };
      const answer = lossOf(log, definition, options.step, systemRandom());
      if ("wrong" in answer) return misused(context, `The funnel ${answer.wrong}`);
      const view = { document: answer, rows: answer.findings, lines: (style: TableStyle) => lines(answer, style) };
      await emit(view, options.output, context.out);
      return EXIT.ok;
    }),
  );
}

function lines({ verdict, findings, segments, assumptions }: LossAnswer, style: TableStyle): string[] {
  return [
    tint(verdict, "strong", style.colour),
    ...(findings.length > 0 ? ["", ...table(FINDINGS, findings, style)] : []),
    ...(segments.length > 0 ? ["", ...table(SEGMENTS, segments, style)] : []),
    "",
    ...assumptions.map((one) => `Assumed: ${one}.`),
  ];
}
