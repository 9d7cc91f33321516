// A funnel for people: the sentence, the steps, what those did who left, segments.
import type { DropOff, FunnelAnswer, FunnelStep, Segment } from "../../analysis/journeys/funnel/types.ts";
import { tint } from "../output/colour.ts";
import { age, latency, NOTHING } from "../output/format.ts";
import { type Column, type TableStyle, table } from "../output/table.ts";

type Row = FunnelStep & { readonly isLast: boolean };

const STEPS: readonly Column<Row>[] = [
  { title: "STEP", align: "right", cell: (row) => String(row.step) },
  { title: "EVENT", cell: (row) => row.name },
  { title: "ENTERED", align: "right", cell: (row) => String(row.entered) },
  { title: "OF ALL", align: "right", cell: (row) => share(row.share) },
  { title: "GO ON", align: "right", cell: (row) => (row.isLast ? NOTHING : share(row.rate)) },
  { title: "95 %", cell: (row) => (row.isLast ? NOTHING : interval(row.interval)) },
  { title: "LOST", align: "right", cell: (row) => (row.isLast ? NOTHING : String(row.lost)) },
  { title: "MEDIAN", align: "right", cell: (row) => seconds(row.medianSeconds) },
];

const SEGMENTS: readonly Column<Segment>[] = [
  { title: "VALUE", cell: (row) => row.value },
  { title: "ENTERED", align: "right", cell: (row) => String(row.reached[0] ?? 0) },
  { title: "CONVERTED", align: "right", cell: (row) => String(row.reached.at(-1) ?? 0) },
  { title: "RATE", align: "right", cell: (row) => share(row.rate) },
  { title: "95 %", cell: (row) => interval(row.interval) },
  {
    title: "DIFFERS",
    cell: ({ differs }) => (differs ? { text: differs, tone: differs === "worse" ? "bad" : "good" } : NOTHING),
  },
];

type Path = { readonly step: number; readonly path: string; readonly count: number; readonly share: number };

const PATHS: readonly Column<Path>[] = [
  { title: "AFTER", align: "right", cell: (row) => String(row.step) },
  { title: "LOST", align: "right", cell: (row) => String(row.count) },
  { title: "SHARE", align: "right", cell: (row) => share(row.share) },
  { title: "WHAT THEY DID NEXT", cell: (row) => row.path },
];
const SHOWN_PATHS = 3;

export function funnelLines(answer: FunnelAnswer, style: TableStyle): string[] {
  const { timeToConvert } = answer.overall;
  const paths = answer.dropOff.flatMap((one) => pathsOf(one, style.wide ? Number.POSITIVE_INFINITY : SHOWN_PATHS));
  return [
    tint(answer.verdict, "strong", style.colour),
    "",
    ...table(
      STEPS,
      answer.funnel.map((step, at) => ({ ...step, isLast: at === answer.funnel.length - 1 })),
      style,
    ),
    ...(timeToConvert.quartiles
      ? [
          "",
          `From the first step to the last: median ${seconds(timeToConvert.median)}, half of them ${range(timeToConvert.quartiles)}.`,
        ]
      : []),
    ...(paths.length > 0 ? ["", ...table(PATHS, paths, style)] : []),
    ...(answer.segments ? ["", ...table(SEGMENTS, answer.segments.values, style)] : []),
  ];
}

function pathsOf({ step, next }: DropOff, most: number): Path[] {
  return next
    .slice(0, most)
    .map(({ path, count, share }) => ({ step, count, share, path: path.length > 0 ? path.join(" > ") : "(nothing)" }));
}

function share(value: number | null): string {
  return value === null ? NOTHING : `${(value * 100).toFixed(1)}%`;
}

function interval([low, high]: readonly [number, number]): string {
  return `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}%`;
}

function seconds(value: number | null): string {
  if (value === null) return NOTHING;
  return value < 60 ? latency(value * 1000) : age(value);
}

function range([low, high]: readonly [number, number]): string {
  return `${seconds(low)} to ${seconds(high)}`;
}
