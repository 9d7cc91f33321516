// What is known of an incident when there are neither spans nor a ledger: services, who calls whom, and figures over time.
import type { Period } from "./answer.ts";

export const STATISTICS = ["mean", "p50", "p90", "p95", "p99"] as const;
export type Statistic = (typeof STATISTICS)[number];

/** One value for each sample; NaN: it is missing. */
export type Series = Float64Array;

export type ServiceFacts = {
  readonly name: string;
  /** in each interval */
  readonly requests: Series;
  /** share of requests that did not fail, 0 to 1 */
  readonly availability: Series;
  /** s */
  readonly latency: Readonly<Record<Statistic, Series>>;
};

export type Facts = {
  readonly services: readonly ServiceFacts[];
  /** caller and callee, by place in `services` */
  readonly edges: readonly (readonly [caller: number, callee: number])[];
  /** unix seconds of each sample, ascending: first those of the baseline, then those of the window */
  readonly times: Float64Array;
  /** how many samples are the baseline's */
  readonly usual: number;
  /** so many samples the baseline needs; undefined: as many as always */
  readonly fewest?: number;
  readonly intervalS: number;
  /** of the running mesh: who asked whom, and how often; the callee by place in `services`, the source may be the outside */
  readonly calls?: readonly { readonly source: string; readonly callee: number; readonly requests: Series }[];
  /** times of trouble that are left out of the baseline, oldest first */
  readonly left?: readonly Period[];
};

export type Symptom = {
  /** by place in `services` */
  readonly service: number;
  readonly metric: "latency" | "availability";
  readonly statistic: Statistic;
  /** unix seconds */
  readonly at: number;
  /** by which name, when it is about some of the service's requests only; then what is added is made there, or beyond */
  readonly called?: string;
};
