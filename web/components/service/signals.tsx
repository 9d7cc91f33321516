// Rate, errors and latency over time, of a service or of one call, with one crosshair over all three.
import { useMemo } from "react";
import { Link } from "wouter";
import type { ChangeRow, SeriesAnswer, SeriesRow } from "../../../src/api/types.ts";
import { duration, percent, rate, timeOfDay } from "../../data/format.ts";
import { type Mark, marksOf } from "../../data/marks.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { useAskWhy } from "../../data/use-ask-why.ts";
import { placeHref } from "../../data/use-view.ts";
import type { View } from "../../data/view.ts";
import type { CaseMark } from "../chart/cases.tsx";
import { Chart, type ChartProps } from "../chart/chart.tsx";
import { Problem } from "../problem.tsx";
import type { SameAsProps } from "../same-as.tsx";
import { type ChartData, chartsOf } from "./chart-data.ts";
import { casesOf, phasesOf } from "./phases.ts";
import { Section } from "./section.tsx";

export type SignalsProps = {
  readonly view: View;
  /** who is asked about; undefined: the worst of those that are called from outside */
  readonly service: string | undefined;
  /** of what only this one asks */
  readonly source?: string;
  readonly question: string;
  readonly command: string;
  /** marked on the charts, oldest first */
  readonly changes?: readonly ChangeRow[] | undefined;
};

export function Signals({ view, service, source, question, command, changes = [] }: SignalsProps) {
  const { answer, problem } = useAnswer<SeriesAnswer>(question, view.range.kind === "live");
  const { href, ask } = useAskWhy(view, { service, source });
  const charts = useMemo(() => (answer ? chartsOf(answer) : undefined), [answer]);
  const same: SameAsProps = { what: "Golden signals", command, question };
  return (
    <Section title="Golden signals" sameAs={same}>
      {problem && <Problem problem={problem} />}
      <div className="charts">
        {charts ? (
          <Charts
            {...charts}
            cases={caseMarks(charts.rows, view)}
            group={question}
            marks={marksOf(changes, charts.window)}
            onDragged={ask}
          />
        ) : (
          <div className="charts-awaited" />
        )}
      </div>
      {charts && <Phases rows={charts.rows} />}
      <p className="quiet charts-why">
        Drag over a chart to ask why of that time, or{" "}
        <Link className="link" href={href}>
          ask why of all that is shown
        </Link>
        .
      </p>
    </Section>
  );
}

/** Where the mean request was. */
function Phases({ rows }: { readonly rows: readonly SeriesRow[] }) {
  const parts = phasesOf(rows);
  if (parts.length === 0) return null;
  return (
    <dl className="phases" aria-label="Phases of the mean request">
      {parts.map(({ name, ms }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{duration(ms)}</dd>
        </div>
      ))}
    </dl>
  );
}

function caseMarks(rows: readonly SeriesRow[], view: View): CaseMark[] {
  return casesOf(rows, MOST_CASES).map(({ traceId, ms, time }) => ({
    time: Date.parse(time) / 1000,
    text: `The slowest of ${timeOfDay(time)}, ${duration(ms)}: its trace`,
    href: placeHref(`/trace/${traceId}`, view),
  }));
}

const MOST_CASES = 12;

type Shared = Pick<ChartProps, "group" | "onDragged"> & { readonly marks: readonly Mark[] };

function Charts(props: ChartData & Shared & { readonly cases: readonly CaseMark[] }) {
  const { rate: requests, errors, latency, cases, ...shared } = props;
  return (
    <>
      <Chart {...shared} title="Rate" isFirst lines={requests} format={rate} least={1} />
      <Chart {...shared} title="Errors" lines={errors} format={percent} least={0.02} />
      <Chart {...shared} title="Latency" lines={latency} cases={cases} format={duration} least={1} hasTimeAxis />
    </>
  );
}
