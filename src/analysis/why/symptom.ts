// Whether the target is any worse than it usually is.
import { counted } from "./amounts.ts";
import { type Excess, excessOf } from "./excess.ts";
import type { Facts, Series, ServiceFacts, Symptom } from "./facts.ts";
import { median } from "./robust.ts";

export type Sickness = Excess & {
  /** it exceeds both what matters and what chance does */
  readonly isWorse: boolean;
  /** it exceeds what matters, but did so in a part of the baseline too: an earlier trouble, or what comes now and then */
  readonly isKnown: boolean;
  /** the mean of its run */
  readonly observed: number;
  /** share of the baseline's windows that stand out as far */
  readonly chance: number;
};

/** Share of usual latency, and share of requests: less is not worth waking anybody. */
const FLOOR = { latency: 0.1, availability: 0.005 };
/** divided by the samples of the baseline: a busy machine's latency wanders by half within two minutes of ten seconds */
export const UNSURE = 6;
const CHANCE = 0.02;

/** s, or the share of requests that failed */
export function badness(service: ServiceFacts, { metric, statistic }: Symptom): Series {
  return metric === "latency" ? service.latency[statistic] : service.availability.map((share) => 1 - share);
}

export function sickness(facts: Facts, symptom: Symptom): Sickness {
  const service = facts.services[symptom.service] as ServiceFacts;
  const series = badness(service, symptom);
  const past = series.subarray(0, facts.usual);
  const usual = median(past) || 0;
  const typical = Math.max(1, median(service.requests.map(counted)) || 0);
  const least = symptom.metric === "latency" ? 0.01 * usual || 1e-6 : 1 / typical;
  const excess = excessOf(series, facts.usual, least);
  const floor =
    symptom.metric === "latency" ? Math.max(FLOOR.latency, UNSURE / facts.usual) * usual : FLOOR.availability;
  const asFar = excess.before.filter((score) => score >= excess.run.score).length;
  const chance = (asFar + 1) / (excess.before.length + 1);
  const standsOut = excess.run.excess >= floor && excess.run.score >= excess.needed;
  const isSeldom = chance <= Math.max(CHANCE, 1.5 / (excess.before.length + 1));
  return {
    ...excess,
    chance,
    observed: usual + excess.run.excess,
    isWorse: standsOut && isSeldom,
    isKnown: standsOut && !isSeldom,
  };
}
