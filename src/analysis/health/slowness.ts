// Whether a service answers slower than it did: a minute against the half hour before it. Slow is a matter of what it was,
// not of a limit: nobody has to say how fast each service should be, and a report that takes a minute every day is no news.
import { quantile, type Sketch } from "../../base/sketch.ts";

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

/** What the quantile of all requests is surely above (z < 0) or below, by the ranks around it (binomial, as normal). */
function bound(of: Sketch, q: number, z: number): number {
  const shifted = q + z * Math.sqrt((q * (1 - q)) / of.count);
  return quantile(of, Math.min(1, Math.max(0, shifted))) as number;
}
