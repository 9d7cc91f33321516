// What a mesh counts of each service in each interval: answers by the time at which they were given.
import type { ServiceFacts, Statistic } from "../../../src/analysis/why/facts.ts";

export type Recorder = {
  answered(service: number, ms: number, isWell: boolean): void;
  /** @param first the interval at which the series begin: what is before was warming up */
  series(service: number, name: string, first: number): ServiceFacts;
};

const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const;
const MS_PER_S = 1000;

export function recorder(services: number, intervals: number, current: () => number): Recorder {
  const times: number[][] = Array.from({ length: services * intervals }, () => []);
  const failures = new Float64Array(services * intervals);
  return {
    answered(service, ms, isWell) {
      const at = service * intervals + current();
      (times[at] as number[]).push(ms);
      if (!isWell) failures[at]!++;
    },
    series(service, name, first) {
      const length = intervals - first;
      const empty = () => new Float64Array(length).fill(Number.NaN);
      const latency: Record<Statistic, Float64Array> = {
        ...{ mean: empty(), p50: empty(), p90: empty(), p95: empty(), p99: empty() },
      };
      const requests = new Float64Array(length);
      const availability = empty();
      for (let i = 0; i < length; i++) {
        const at = service * intervals + first + i;
        const sorted = Float64Array.from(times[at] as number[]).sort();
        requests[i] = sorted.length;
        if (sorted.length === 0) continue;
        availability[i] = 1 - (failures[at] as number) / sorted.length;
        latency.mean[i] = sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length / MS_PER_S;
        for (const [name, q] of Object.entries(QUANTILES)) {
          const ms = sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number;
          latency[name as keyof typeof QUANTILES][i] = ms / MS_PER_S;
        }
      }
      return { name, requests, availability, latency };
    },
  };
}
