// Golden signals over time as lines of charts. Pure: the answer in, lines out.
import type { SeriesAnswer, SeriesRow } from "../../../src/api/types.ts";
import { failed } from "../../data/format.ts";
import type { Line } from "../chart/chart.tsx";

export type ChartData = {
  readonly rows: readonly SeriesRow[];
  readonly times: readonly number[];
  readonly window: readonly [number, number];
  readonly rate: readonly Line[];
  readonly errors: readonly Line[];
  readonly latency: readonly Line[];
};

export function chartsOf({ rows, window }: SeriesAnswer): ChartData {
  const whole = rows.filter((row) => !row.isPartial); // a step that is not over yet would look like a slump
  const values = (of: (row: SeriesRow) => number | undefined) => whole.map((row) => of(row) ?? null);
  const errors = values(failed);
  const hasErrors = errors.some((share) => share !== null && share > 0);
  return {
    rows,
    times: whole.map((row) => Date.parse(row.time) / 1000),
    window: [Date.parse(window.from) / 1000, Date.parse(window.to) / 1000],
    rate: [{ name: "Rate", values: values((row) => row.rps), token: "accent", isFilled: true }],
    errors: [{ name: "Errors", values: errors, token: hasErrors ? "bad" : "text-3", isFilled: hasErrors }],
    latency: [
      { name: "p50", values: values((row) => row.p50), token: "text-3" },
      { name: "p95", values: values((row) => row.p95), token: "accent", dash: [4, 3] },
      { name: "p99", values: values((row) => row.p99), token: "accent" },
    ],
  };
}
