// Whether a service answers slower than it did: a minute against the half hour before it. Slow is a matter of what it was,
// not of a limit: nobody has to say how fast each service should be, and a report that takes a minute every day is no news.
import { merge, quantile, type Sketch, sketch } from "../../base/sketch.ts";

export type Slowness = {
  /** in words, as a share of the requests: `half`, `a tenth` */
  readonly share: string;
  /** so long or longer takes that share of the requests, ms */
  readonly nowMs: number;
  readonly beforeMs: number;
};

/** of a normal distribution, two-sided 95 % */
const Z = 1.96;
/** a tenth, because one bad replica of a few does not move the median */
const LOOKED_AT = [
  { q: 0.5, share: "half" },
  { q: 0.9, share: "a tenth" },
] as const;
const LEAST_REQUESTS = { now: 10, before: 20 };
/** slower by less is no trouble yet, however many times it is */
const LEAST_TIMES = 2;
const LEAST_MORE_MS = 100;

/** Whether it could be said of anything that was before. @param now durations in µs */
export function mayBeSlow(now: Sketch): boolean {
  return now.count >= LEAST_REQUESTS.now && LOOKED_AT.some(({ q }) => bound(now, q, -Z) >= LEAST_MORE_MS * 1000);
}

/** @param now, before durations in µs */
export function judgeSlowness(now: Sketch, before: Sketch): Slowness | undefined {
  if (now.count < LEAST_REQUESTS.now || before.count < LEAST_REQUESTS.before) return undefined;
  for (const { q, share } of LOOKED_AT) {
    const least = bound(now, q, -Z);
    const most = bound(before, q, Z);
    if (least < most * LEAST_TIMES || least - most < LEAST_MORE_MS * 1000) continue;
    return { share, nowMs: (quantile(now, q) as number) / 1000, beforeMs: (quantile(before, q) as number) / 1000 };
  }
  return undefined;
}

/**
 * What is usual: all of the time before, but for a trouble that goes on to its end. Else a service that became slow soon after
 * the mesh was started would be well again as soon as it had been slow for half of that time.
 * @param periods durations in µs, oldest first
 */
export function usualDurations(periods: readonly Sketch[]): Sketch {
  const usual = sketch();
  let trouble: Sketch[] = [];
  let few = sketch();
  for (const period of periods) {
    merge(few, period);
    if (few.count < LEAST_REQUESTS.now) continue;
    trouble.push(few);
    if (!judgeSlowness(few, usual)) {
      for (const one of trouble) merge(usual, one);
      trouble = [];
    }
    few = sketch();
  }
  return usual;
}

/** What the quantile of all requests is surely above (z < 0) or below, by the ranks around it (binomial, as normal). */
function bound(of: Sketch, q: number, z: number): number {
  const shifted = q + z * Math.sqrt((q * (1 - q)) / of.count);
  return quantile(of, Math.min(1, Math.max(0, shifted))) as number;
}
