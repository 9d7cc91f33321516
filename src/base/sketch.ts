// Quantiles of durations within 1 % of the true value, in a few hundred bytes: DDSketch (Masson, Rim, Lee, VLDB 2019).
// Buckets grow by a constant factor, so a sketch is a histogram that merges by addition, in any order, without loss.

/** A quantile read from a sketch is off by at most this share of the true value. */
export const RELATIVE_ERROR = 0.01;

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const INDEX_PER_LN = 1 / Math.log(GAMMA);
/** index of the largest value kept apart, 2^53; what is larger counts as that */
const MAX_INDEX = Math.ceil(53 * Math.LN2 * INDEX_PER_LN);
/** the array of buckets grows by whole steps, so that a moving latency does not copy it at every value */
const STEP = 16;

/** Bucket `low + i` holds `counts[i]` values v with γ^(low+i−1) < v ≤ γ^(low+i). Values below 1 count as 0. */
export type Sketch = {
  /** values in all */
  count: number;
  zeros: number;
  low: number;
  /** of 32 bits: half the memory of a number; a bucket saturates at 4,294,967,295 */
  counts: Uint32Array;
};

const EMPTY = new Uint32Array(0);

export function sketch(): Sketch {
  return { count: 0, zeros: 0, low: 0, counts: EMPTY };
}

/** Counts `value` (not negative; choose a unit in which values below 1 do not matter, such as µs). */
export function add(to: Sketch, value: number): void {
  to.count++;
  if (!(value >= 1)) {
    to.zeros++;
    return;
  }
  const index = Math.min(Math.ceil(Math.log(value) * INDEX_PER_LN), MAX_INDEX);
  let at = index - to.low;
  if (at < 0 || at >= to.counts.length) {
    cover(to, index, index);
    at = index - to.low;
  }
  to.counts[at] = Math.min((to.counts[at] ?? 0) + 1, 0xffffffff);
}

/** Counts `count` values below 1. */
export function addZeros(to: Sketch, count: number): void {
  to.count += count;
  to.zeros += count;
}

/** Counts `count` values of the bucket `index`. */
export function addAt(to: Sketch, index: number, count: number): void {
  to.count += count;
  let at = index - to.low;
  if (at < 0 || at >= to.counts.length) {
    cover(to, index, index);
    at = index - to.low;
  }
  to.counts[at] = Math.min((to.counts[at] ?? 0) + count, 0xffffffff);
}

/** Adds all of `from` to `to`; the result is the sketch of the union. */
export function merge(to: Sketch, from: Sketch): void {
  to.count += from.count;
  to.zeros += from.zeros;
  if (from.counts.length === 0) return;
  cover(to, from.low, from.low + from.counts.length - 1);
  const shift = from.low - to.low;
  for (let i = 0; i < from.counts.length; i++) {
    const more = from.counts[i] ?? 0;
    if (more > 0) to.counts[shift + i] = Math.min((to.counts[shift + i] ?? 0) + more, 0xffffffff);
  }
}

/** The value at rank ⌊q (count − 1)⌋ of all values in order, within RELATIVE_ERROR; undefined when empty. */
export function quantile(of: Sketch, q: number): number | undefined {
  if (of.count === 0) return undefined;
  const rank = Math.floor(q * (of.count - 1));
  let seen = of.zeros;
  if (rank < seen) return 0;
  let last = 0;
  for (let i = 0; i < of.counts.length; i++) {
    const here = of.counts[i] ?? 0;
    if (here === 0) continue;
    last = of.low + i;
    seen += here;
    if (rank < seen) break;
  }
  return middleOf(last);
}

/** How many values are larger than `value`; those within RELATIVE_ERROR of it may count on either side. */
export function countAbove(of: Sketch, value: number): number {
  if (!(value >= 1)) return of.count - of.zeros;
  const index = Math.min(Math.ceil(Math.log(value) * INDEX_PER_LN), MAX_INDEX);
  let above = 0;
  for (let at = Math.max(0, index + 1 - of.low); at < of.counts.length; at++) above += of.counts[at] ?? 0;
  return above;
}

/** The point of a bucket that is nowhere further than RELATIVE_ERROR from what the bucket holds. */
function middleOf(index: number): number {
  return (2 * GAMMA ** index) / (GAMMA + 1);
}

/** Widens the buckets so that they hold the indexes `from` … `to`. */
function cover(of: Sketch, from: number, to: number): void {
  const end = of.low + of.counts.length;
  if (of.counts.length > 0 && from >= of.low && to < end) return;
  const low = Math.floor((of.counts.length > 0 ? Math.min(from, of.low) : from) / STEP) * STEP;
  const high = Math.ceil((Math.max(to + 1, of.counts.length > 0 ? end : 0) - low) / STEP) * STEP;
  const counts = new Uint32Array(high);
  if (of.counts.length > 0) counts.set(of.counts, of.low - low);
  of.low = low;
  of.counts = counts;
}
