// Rate, errors and latency over time, of a service or of one call, with one crosshair over all three.
import { useMemo } from "react";
import type { ChangeRow, SeriesAnswer, SeriesRow } from "../../../src/api/types.ts";
import { duration, failed, percent, rate } from "../../data/format.ts";
import { type Mark, marksOf } from "../../data/marks.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { Chart, type Line } from "../chart/chart.tsx";
import { Problem } from "../problem.tsx";
import type { SameAsProps } from "../same-as.tsx";
import { Section } from "./section.tsx";

export type SignalsProps = {
  readonly question: string;
  readonly isLive: boolean;
  readonly command: string;
  /** marked on the charts, oldest first */
  readonly changes?: readonly ChangeRow[] | undefined;
};

export function Signals({ question, isLive, command, changes = [] }: SignalsProps) {
  const { answer, problem } = useAnswer<SeriesAnswer>(question, isLive);
  const charts = useMemo(() => (answer ? chartsOf(answer) : undefined), [answer]);
  const same: SameAsProps = { what: "Golden signals", command, question };
  return (
    <Section title="Golden signals" sameAs={same}>
      {problem && <Problem problem={problem} />}
      <div className="charts">
        {charts ? (
          <Charts {...charts} group={question} marks={marksOf(changes, charts.window)} />
        ) : (
          <div className="charts-awaited" />
        )}
      </div>
    </Section>
  );
}

type ChartData = {
  readonly times: readonly number[];
  readonly window: readonly [number, number];
  readonly rate: readonly Line[];
  readonly errors: readonly Line[];
  readonly latency: readonly Line[];
};

function Charts({ group, marks, ...data }: ChartData & { readonly group: string; readonly marks: readonly Mark[] }) {
  const shared = { times: data.times, window: data.window, group, marks };
  return (
    <>
      <Chart {...shared} title="Rate" isFirst lines={data.rate} format={rate} least={1} />
      <Chart {...shared} title="Errors" lines={data.errors} format={percent} least={0.02} />
      <Chart {...shared} title="Latency" lines={data.latency} format={duration} least={1} hasTimeAxis />
    </>
  );
}

function chartsOf({ rows, window }: SeriesAnswer): ChartData {
  const whole = rows.filter((row) => !row.isPartial); // a step that is not over yet would look like a slump
  const values = (of: (row: SeriesRow) => number | undefined) => whole.map((row) => of(row) ?? null);
  const errors = values(failed);
  const hasErrors = errors.some((share) => share !== null && share > 0);
  return {
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
