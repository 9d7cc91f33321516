// Whether the target is any worse than it usually is.
import { counted } from "./amounts.ts";
import { type Excess, excessOf } from "./excess.ts";
import type { Facts, Series, ServiceFacts, Symptom } from "./facts.ts";
import { median } from "./robust.ts";

export type Sickness = Excess & {
  /** it exceeds both what matters and what chance does */
  readonly isWorse: boolean;
  /** it exceeds what matters, but did so in a part of the baseline too: what comes now and then */
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

/** what is usual: s, or share of requests */
function usualOf(facts: Facts, symptom: Symptom): number {
  const series = badness(facts.services[symptom.service] as ServiceFacts, symptom);
  return median(series.subarray(0, facts.usual)) || 0;
}

/** by so much it must exceed what is usual to matter */
export function floorOf(facts: Facts, symptom: Symptom): number {
  if (symptom.metric === "availability") return FLOOR.availability;
  return Math.max(FLOOR.latency, UNSURE / facts.usual) * usualOf(facts, symptom);
}

/** the smallest deviation that can be seen: a hundredth of the usual, or one failure */
export function leastOf(facts: Facts, symptom: Symptom): number {
  if (symptom.metric === "latency") return 0.01 * usualOf(facts, symptom) || 1e-6;
  const { requests } = facts.services[symptom.service] as ServiceFacts;
  return 1 / Math.max(1, median(requests.map(counted)) || 0);
}

export function sickness(facts: Facts, symptom: Symptom): Sickness {
  const series = badness(facts.services[symptom.service] as ServiceFacts, symptom);
  const usual = usualOf(facts, symptom);
  const floor = floorOf(facts, symptom);
  const excess = excessOf(series, facts.usual, leastOf(facts, symptom));
  const { chance, isSeldom } = chanceOf(excess);
  const standsOut = excess.run.excess >= floor && excess.run.score >= excess.needed;
  return {
    ...excess,
    chance,
    observed: usual + excess.run.excess,
    isWorse: standsOut && isSeldom,
    isKnown: standsOut && !isSeldom,
  };
}

/** Share of the baseline's windows that stand out as far, and whether those are few. */
export function chanceOf({ before, run }: Excess): { readonly chance: number; readonly isSeldom: boolean } {
  const asFar = before.filter((score) => score >= run.score).length;
  const chance = (asFar + 1) / (before.length + 1);
  return { chance, isSeldom: chance <= Math.max(CHANCE, 1.5 / (before.length + 1)) };
}
