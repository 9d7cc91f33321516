// Metrics that applications send, as series of a value per 10 seconds, in memory alone: bounded in number and in time, so
// that a label with an endless number of values costs its sender series, and not us memory.
import { type Metric, type Metrics, TEMPORALITY } from "../../protocol/otlp/metric-messages.ts";
import { isNamed } from "../query/named.ts";
import { type Attributes, readAttributes } from "./attributes.ts";
import { isTimely, micros, type Refused, type Teller, tellerOf } from "./resource.ts";

const STEP_S = 10;
const KEPT_STEPS = 360;
const MOST_SERIES = 2_000;

export type AppSeries = Teller & {
  readonly name: string;
  readonly unit: string;
  /** `counter`: of what has been counted since the start; `gauge`: a level; `mean`: of a histogram or summary, per step */
  readonly kind: "gauge" | "counter" | "mean";
  readonly attributes: Attributes;
  /** the last value of each step, oldest first */
  readonly points: readonly { readonly startUs: number; readonly value: number }[];
};

export type MetricFilter = { readonly service?: string; readonly name?: string; readonly fromUs: number };

export type AppMetrics = {
  take(metrics: Metrics, nowUs: number): { readonly taken: number; readonly refused: Refused };
  find(filter: MetricFilter): AppSeries[];
};

type Kept = Omit<AppSeries, "points"> & {
  readonly steps: Float64Array;
  readonly values: Float64Array;
  seenUs: number;
  /** of deltas, and what a mean was made of last */
  total: number;
  count: number;
};

type Point = { readonly timeUs: number; readonly attributes: Attributes } & (
  | { readonly value: number; readonly isDelta: boolean }
  | { readonly sum: number; readonly count: number; readonly isDelta: boolean }
);

export function appMetrics(mostSeries = MOST_SERIES): AppMetrics {
  const series = new Map<string, Kept>();

  const find = (of: Omit<AppSeries, "points">, nowUs: number): Kept | undefined => {
    const key = JSON.stringify([of.namespace, of.service, of.instance, of.name, of.attributes]);
    const known = series.get(key);
    if (known) return known;
    if (series.size >= mostSeries && !forgetOne(series, nowUs)) return undefined;
    const steps = new Float64Array(KEPT_STEPS).fill(-1);
    const made = { ...of, steps, values: new Float64Array(KEPT_STEPS), seenUs: nowUs, total: 0, count: 0 };
    series.set(key, made);
    return made;
  };

  return {
    take(metrics, nowUs) {
      const reasons = new Set<string>();
      let taken = 0;
      let count = 0;
      const refuse = (reason: string) => {
        count++;
        reasons.add(reason);
      };
      for (const { resource, scopeMetrics } of metrics.resourceMetrics ?? []) {
        const teller = tellerOf(resource);
        for (const metric of (scopeMetrics ?? []).flatMap(({ metrics }) => metrics ?? [])) {
          const read = pointsOf(metric);
          if (!read || !metric.name) {
            refuse("a metric must have a name and a kind");
            continue;
          }
          for (const point of read.points) {
            if (!isTimely(point.timeUs, nowUs)) {
              refuse("a point must be of the last week");
              continue;
            }
            const { attributes } = point;
            const name = metric.name.slice(0, 256);
            const unit = (metric.unit ?? "").slice(0, 64);
            const to = find({ ...teller, name, unit, kind: read.kind, attributes }, nowUs);
            if (!to) {
              refuse(`there are ${mostSeries} series already`);
              continue;
            }
            taken++;
            keep(to, point, nowUs);
          }
        }
      }
      return { taken, refused: { count, reasons } };
    },
    find({ service, name, fromUs }) {
      return [...series.values()]
        .filter((one) => isNamed(service, one.service, one.namespace))
        .filter((one) => name === undefined || one.name === name)
        .map(({ steps, values, seenUs: _, total: _t, count: _c, ...of }) => {
          const points = [...steps]
            .map((step, slot) => ({ startUs: step * STEP_S * 1e6, value: values[slot] as number }))
            .filter(({ startUs }) => startUs >= 0 && startUs >= fromUs - STEP_S * 1e6)
            .sort((a, b) => a.startUs - b.startUs);
          return { ...of, points };
        })
        .filter(({ points }) => points.length > 0);
    },
  };
}

function keep(to: Kept, point: Point, nowUs: number): void {
  to.seenUs = nowUs;
  const value = "value" in point ? countUp(to, point) : meanOf(to, point);
  if (value === undefined) return;
  const step = Math.floor(point.timeUs / 1e6 / STEP_S);
  const slot = step % KEPT_STEPS;
  if (step < (to.steps[slot] as number)) return; // older than all that is kept
  to.steps[slot] = step;
  to.values[slot] = value;
}

function countUp(to: Kept, { value, isDelta }: { value: number; isDelta: boolean }): number {
  to.total = isDelta ? to.total + value : value;
  return to.total;
}

/** Of what came since the point before; a count that fell began anew. */
function meanOf(to: Kept, point: { sum: number; count: number; isDelta: boolean }): number | undefined {
  const isNew = point.isDelta || point.count < to.count;
  const count = isNew ? point.count : point.count - to.count;
  const sum = isNew ? point.sum : point.sum - to.total;
  if (!point.isDelta) {
    to.count = point.count;
    to.total = point.sum;
  }
  return count > 0 ? sum / count : undefined;
}

/** Makes room: the series that was silent for longer than any is kept. */
function forgetOne(series: Map<string, Kept>, nowUs: number): boolean {
  for (const [key, { seenUs }] of series) {
    if (seenUs >= nowUs - KEPT_STEPS * STEP_S * 1e6) continue;
    series.delete(key);
    return true;
  }
  return false;
}

function pointsOf(metric: Metric): { kind: AppSeries["kind"]; points: Point[] } | undefined {
  const { gauge, sum, histogram, exponentialHistogram, summary } = metric;
  const numbers = gauge ?? sum;
  if (numbers) {
    const isDelta = sum?.aggregationTemporality === TEMPORALITY.delta;
    const points = (numbers.dataPoints ?? []).map((point) => ({
      timeUs: micros(point.timeUnixNano),
      attributes: readAttributes(point.attributes),
      value: point.asDouble ?? Number(point.asInt ?? 0n),
      isDelta,
    }));
    return { kind: sum?.isMonotonic ? "counter" : "gauge", points };
  }
  const counted = histogram ?? exponentialHistogram ?? summary;
  if (!counted) return undefined;
  const temporality = (histogram ?? exponentialHistogram)?.aggregationTemporality;
  const points = (counted.dataPoints ?? []).map((point) => ({
    timeUs: micros(point.timeUnixNano),
    attributes: readAttributes(point.attributes),
    sum: point.sum ?? 0,
    count: Number(point.count ?? 0n),
    isDelta: temporality === TEMPORALITY.delta,
  }));
  return { kind: "mean", points };
}
