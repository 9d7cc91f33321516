// When visitors come: a Poisson process whose rate follows a day that lasts minutes, and a sale if one is asked for.
import { exponential, type Random } from "./random.ts";

export type Surge = {
  /** how many times the usual visitors */
  readonly factor: number;
  readonly fromMs: number;
  readonly forMs: number;
};

export const DAY_MS = 300_000;
/** at the busiest time of the day this many times the visitors of the quietest */
const PEAK = 1.3;

/** Visitors per second at `atMs` after the start; `rate` is that of the quietest time, with which the day begins. */
export function rateAt(atMs: number, rate: number, surge?: Surge): number {
  const ofDay = 1 + ((PEAK - 1) * (1 - Math.cos((2 * Math.PI * atMs) / DAY_MS))) / 2;
  const isSurge = surge && atMs >= surge.fromMs && atMs < surge.fromMs + surge.forMs;
  return rate * ofDay * (isSurge ? surge.factor : 1);
}

/** ms after the start, ascending, without end. */
export function* arrivals(random: Random, rate: number, surge?: Surge): Generator<number, never> {
  // thinning (Lewis and Shedler, 1979): candidates at the highest rate, kept in the ratio of the rate of their time
  const highest = rate * PEAK * Math.max(surge?.factor ?? 1, 1);
  for (let atMs = 0; ; ) {
    atMs += exponential(random, 1000 / highest);
    if (random() * highest < rateAt(atMs, rate, surge)) yield atMs;
  }
}
