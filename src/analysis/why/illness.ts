// Which services have become slow themselves, whatever the symptom is: a slow callee holds its callers' threads and
// connections and runs into their timeouts.
import { counted } from "./amounts.ts";
import type { Contribution } from "./contributions.ts";
import { type Excess, excessOf, type Run } from "./excess.ts";
import type { Facts, Series, ServiceFacts } from "./facts.ts";
import { median, quantile } from "./robust.ts";

/** By service, those that are ill. `weight`: what that added to the target's requests over the run, s. */
export type Illnesses = ReadonlyMap<number, Run & { readonly weight: number }>;

/** Of its usual time: a service that became slower by less holds nobody up. */
const SLOWER = 0.5;
/** Share of the usual time below which nobody would notice. */
const RESOLUTION = 0.01;
/** How far beyond the baseline's windows it must stand out: nothing here is worth a guess. */
const BEYOND = 2;
const FALSE_WINDOWS = 0.01;

/** @param found of the latencies */
export function illnesses(facts: Facts, found: readonly Contribution[]): Illnesses {
  return new Map(
    found.flatMap(({ service, surplus, added }) => {
      const { latency, requests } = facts.services[service] as ServiceFacts;
      const usual = median(latency.mean.subarray(0, facts.usual));
      if (!(usual > 0)) return [];
      const each = surplus.map((amount, at) => amount / counted(requests[at]) || Number.NaN);
      const excess = excessOf(each, facts.usual, usual * RESOLUTION);
      if (!isIll(excess, usual)) return [];
      const run = sinceIll(each, excess, facts.usual, SLOWER * usual);
      return [[service, { ...run, weight: during(added, run) }] as const];
    }),
  );
}

function isIll({ run, before }: Excess, usual: number): boolean {
  const limit = Math.max(3, quantile(before, 1 - FALSE_WINDOWS) || 0);
  return run.score > BEYOND * limit && run.excess >= SLOWER * usual;
}

/** What gets worse and worse stands out most at its end, and began when it was first ill. */
function sinceIll(each: Series, { usual, run }: Excess, first: number, ill: number): Run {
  let { from } = run;
  while (from > first && !((each[from - 1] as number) - usual < ill)) from--;
  return { ...run, from, length: run.from + run.length - from };
}

function during(added: Contribution["added"], { from, length }: Run): number {
  return added.subarray(from, from + length).reduce((sum, value) => sum + (value || 0), 0);
}
