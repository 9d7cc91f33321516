// How it went: the target's and the suspect's figures through the baseline and the window, with what changed meanwhile.
import { useMemo } from "react";
import type { SeriesAnswer, WhyAnswer } from "../../../src/api/types.ts";
import { seriesCommand } from "../../data/commands.ts";
import { duration, percent, rate } from "../../data/format.ts";
import { type Mark, marksOf } from "../../data/marks.ts";
import { seriesQuestion } from "../../data/questions.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { useAskWhy } from "../../data/use-ask-why.ts";
import { useMesh } from "../../data/use-mesh.tsx";
import type { Metric, View } from "../../data/view.ts";
import { Chart, type ChartProps } from "../chart/chart.tsx";
import type { PeriodsOf } from "../chart/periods.tsx";
import { type ChartData, chartsOf } from "../service/chart-data.ts";
import { Section } from "../service/section.tsx";
import { chartedServices, metricOf, stillRange } from "./about.ts";
import { CourseKeys } from "./course-keys.tsx";

const TITLES: Readonly<Record<Metric, string>> = { latency: "Latency", errors: "Errors", throughput: "Rate" };

export type WhyCourseProps = {
  readonly answer: WhyAnswer;
  readonly suspect: WhyAnswer["findings"][number];
};

export function WhyCourse({ answer, suspect }: WhyCourseProps) {
  const { project } = useMesh();
  const metric = metricOf(answer.findings);
  const whole = { from: answer.baseline.from, to: answer.window.to };
  const range = stillRange(whole);
  const view: View = { range, filters: {} };
  const periods = periodsOf(answer, suspect.since);
  const marks = marksOf(
    answer.changes?.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time)) ?? [],
    spanOf(whole),
  );
  const services = chartedServices(suspect);
  const [target] = services;
  if (target === undefined) return null;
  const same = {
    what: "Course",
    command: seriesCommand(project, range, target),
    question: seriesQuestion(view, { service: target }),
  };
  return (
    <Section title={`${TITLES[metric]}, as usual and now`} sameAs={same}>
      {services.map((service, place) => (
        <ServiceCourse
          key={service}
          {...{ service, view, metric, periods, marks }}
          isFirst={place === 0}
          isLast={place === services.length - 1}
        />
      ))}
      <CourseKeys periods={periods} hasChanges={marks.length > 0} />
    </Section>
  );
}

type ServiceCourseProps = {
  readonly service: string;
  readonly view: View;
  readonly metric: Metric;
  readonly periods: PeriodsOf;
  readonly marks: readonly Mark[];
  readonly isFirst: boolean;
  readonly isLast: boolean;
};

function ServiceCourse({ service, view, metric, periods, marks, isFirst, isLast }: ServiceCourseProps) {
  const { answer, problem } = useAnswer<SeriesAnswer>(seriesQuestion(view, { service }), false);
  const { ask } = useAskWhy(view, { service });
  const data = useMemo(() => (answer ? chartsOf(answer) : undefined), [answer]);
  if (problem) return <p className="quiet">{`What ${service} was like is not known any more.`}</p>;
  if (!data) return <div className="course-awaited" />;
  return (
    <Chart
      {...drawnOf(data, metric)}
      title={service}
      times={data.times}
      window={data.window}
      periods={periods}
      marks={marks}
      group="why"
      isFirst={isFirst}
      hasTimeAxis={isLast}
      onDragged={ask}
    />
  );
}

function drawnOf(data: ChartData, metric: Metric): Pick<ChartProps, "lines" | "format" | "least"> {
  if (metric === "throughput") return { lines: data.rate, format: rate, least: 1 };
  if (metric === "errors") return { lines: data.errors, format: percent, least: 0.02 };
  return { lines: data.latency.filter(({ name }) => name !== "p99"), format: duration, least: 1 };
}

function periodsOf({ window, baseline }: WhyAnswer, since: string): PeriodsOf {
  return {
    asked: spanOf(window),
    leftOut: (baseline.without ?? []).map(spanOf),
    since: Date.parse(since) / 1000,
  };
}

function spanOf({ from, to }: WhyAnswer["window"]): readonly [number, number] {
  return [Date.parse(from) / 1000, Date.parse(to) / 1000];
}
