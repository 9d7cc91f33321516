// Two more comparisons that have to agree with exposed against unexposed: before against after the exposure set in, and whether
// more of it does more.
import type { Exposure } from "./exposures.ts";

export type Agreement = "agrees" | "contradicts" | "silent";

export type Onset = {
  readonly agreement: Agreement;
  /** ms since 1970; when it set in */
  readonly at: number | undefined;
};

/** Of a change in a share: twice the logarithm of the likelihood ratio that is no chance over all places to look. */
const CLEAR = 14;
const LEAST_CHANGE = 0.05;
const LEAST_PART = 0.05;

/** @param difference of the shares lost between exposed and unexposed */
export function beforeAndAfter({ met, touch }: Exposure, difference: number): Onset {
  const { times } = touch;
  const order = [...times.keys()].sort((a, b) => times[a]! - times[b]!);
  const change = changeOf(order.map((index) => met[index] as number));
  if (!change || change.after - change.before < LEAST_CHANGE) return { agreement: "silent", at: undefined };
  const lostIn = (indexes: readonly number[]) => {
    const share = indexes.reduce((sum, index) => sum + touch.lost[index]!, 0) / indexes.length;
    return { share, variance: (share * (1 - share)) / indexes.length };
  };
  const before = lostIn(order.slice(0, change.place));
  const after = lostIn(order.slice(change.place));
  const observed = after.share - before.share;
  const expected = difference * (change.after - change.before);
  const error = Math.sqrt(before.variance + after.variance);
  const at = times[order[change.place]!];
  if (observed + 2 * error < 0.3 * expected) return { agreement: "contradicts", at };
  return { agreement: observed > 1.65 * error ? "agrees" : "silent", at };
}

export type Change = { readonly place: number; readonly before: number; readonly after: number };

/**
 * The one place where the share of ones changes most; undefined when it may well be chance.
 *
 * @param places to look at; all but those near an end unless said
 * @param clear twice the logarithm of the likelihood ratio that is no chance over that many places
 */
export function changeOf(ones: readonly number[], places = placesIn(ones.length), clear = CLEAR): Change | undefined {
  const size = ones.length;
  const hits = new Uint32Array(size + 1);
  for (const [place, one] of ones.entries()) hits[place + 1] = hits[place]! + one;
  const total = hits[size]!;
  let best: Change | undefined;
  let most = clear;
  for (const place of places) {
    const earlier = hits[place]!;
    const apart = likelihood(earlier, place) + likelihood(total - earlier, size - place);
    const gain = 2 * (apart - likelihood(total, size));
    if (gain <= most) continue;
    most = gain;
    best = { place, before: earlier / place, after: (total - earlier) / (size - place) };
  }
  return best;
}

function placesIn(size: number): number[] {
  const least = Math.max(10, Math.ceil(LEAST_PART * size));
  return Array.from({ length: Math.max(0, size - 2 * least + 1) }, (_, at) => least + at);
}

function likelihood(hits: number, trials: number): number {
  const share = hits / trials;
  return share <= 0 || share >= 1 ? 0 : hits * Math.log(share) + (trials - hits) * Math.log(1 - share);
}

/** Whether more of it loses more, by the trend over the ranks of the dose: of first requests, as who makes many is not like the others. */
export function doseResponse({ dose, touch }: Exposure): Agreement {
  if (!dose) return "silent";
  const known = [...dose.keys()].filter((index) => !Number.isNaN(dose[index]) && touch.before[index] === 0);
  known.sort((a, b) => dose[a]! - dose[b]!);
  const size = known.length;
  if (size < 60) return "silent";
  const share = known.reduce((sum, index) => sum + touch.lost[index]!, 0) / size;
  if (share === 0 || share === 1) return "silent";
  let trend = 0;
  for (const [rank, index] of known.entries()) trend += (rank - (size - 1) / 2) * (touch.lost[index]! - share);
  const z = trend / Math.sqrt((share * (1 - share) * (size ** 3 - size)) / 12);
  if (z > 1.65) return "agrees";
  return z < -1.65 ? "contradicts" : "silent";
}
