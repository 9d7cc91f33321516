// Samples in any order as series on one axis of time. What is missing is NaN.
import type { Facts } from "../../analysis/why/facts.ts";
import type { Sample } from "./samples.ts";

type Recorded = {
  readonly edges: readonly (readonly [string, string])[];
  readonly usual: readonly Sample[];
  readonly window: readonly Sample[];
  readonly intervalS: number;
};

export function factsOf({ edges, usual, window, intervalS }: Recorded): Facts {
  // A sample that both files have belongs to the window: it must not be the measure of itself.
  const begins = window.reduce((least, { time }) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const samples = [...usual.filter(({ time }) => time < begins), ...window];
  const times = Float64Array.from(new Set(samples.map(({ time }) => time))).sort();
  const places = new Map([...times].map((time, at) => [time, at]));
  const names = [...new Set([...samples.map(({ service }) => service), ...edges.flat()])];
  const services = new Map(names.map((name) => [name, empty(name, times.length)]));
  for (const { time, service, figures } of samples) {
    const { requests, availability, latency } = services.get(service) as ReturnType<typeof empty>;
    const at = places.get(time) as number;
    const [count, percent] = figures as [number, number];
    requests[at] = count;
    availability[at] = percent / 100;
    for (const [index, series] of Object.values(latency).entries()) series[at] = figures[2 + index] as number;
  }
  const order = new Map(names.map((name, at) => [name, at]));
  return {
    services: [...services.values()],
    edges: edges.map(([from, to]) => [order.get(from) as number, order.get(to) as number]),
    times,
    usual: times.findIndex((time) => time >= begins) < 0 ? times.length : times.findIndex((time) => time >= begins),
    intervalS,
  };
}

function empty(name: string, length: number) {
  const series = () => new Float64Array(length).fill(Number.NaN);
  return {
    ...{ name, requests: series(), availability: series() },
    latency: { mean: series(), p50: series(), p90: series(), p95: series(), p99: series() },
  };
}
