// Why visitors are lost, for people to read.
import type { LiveLoss } from "../../analysis/journeys/visits/answers.ts";
import type { LossAnswer, LossFinding, LossSegment } from "../../analysis/journeys/why/types.ts";
import { tint } from "../output/colour.ts";
import { type Column, type TableStyle, table } from "../output/table.ts";

const FINDINGS: readonly Column<LossFinding>[] = [
  { title: "AT", cell: (row) => row.event },
  { title: "WHAT", cell: (row) => row.what },
  { title: "WHERE", cell: (row) => row.where ?? "" },
  { title: "MET BY", align: "right", cell: (row) => String(Math.round(row.exposed)) },
  { title: "LOST BY IT", align: "right", cell: (row) => String(Math.round(row.attributable)) },
  { title: "95 %", cell: ({ interval: [low, high] }) => `${Math.round(Math.max(0, low))}–${Math.round(high)}` },
  { title: "SINCE", cell: (row) => (row.since ?? "").replace(/\.\d+Z$/, "Z") },
  { title: "DOSE", wide: true, cell: (row) => row.comparisons.dose },
  { title: "ODDS", wide: true, align: "right", cell: (row) => row.odds.toFixed(2) },
];

const SEGMENTS: readonly Column<LossSegment>[] = [
  { title: "AT", cell: (row) => row.event },
  { title: "LOST MORE OFTEN WITH", cell: (row) => row.what },
  { title: "CASES", align: "right", cell: (row) => String(row.cases) },
  { title: "POINTS", align: "right", cell: (row) => `+${(row.difference * 100).toFixed(1)}` },
];

export function lossLines(answer: LossAnswer | LiveLoss, style: TableStyle): string[] {
  const { verdict, findings, segments, assumptions } = answer;
  const why = "why" in answer ? answer.why : null;
  return [
    tint(verdict, "strong", style.colour),
    ...(findings.length > 0 ? ["", ...table(FINDINGS, findings, style)] : []),
    ...(segments.length > 0 ? ["", ...table(SEGMENTS, segments, style)] : []),
    "",
    ...assumptions.map((one) => `Assumed: ${one}.`),
    ...(why ? ["", `${why.verdict[0]?.toUpperCase()}${why.verdict.slice(1)}.`, `Next: ${why.command}`] : []),
  ];
}
