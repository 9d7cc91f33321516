// Which traces are stored when they are more than the budget: each is drawn by itself, with a probability that its interest
// raises, and counts for as many as it stands for. Weights are the reciprocals of the probabilities (Horvitz & Thompson,
// 1952), so that counts, sums and means of what is stored are right on average; ordinary traces are drawn too, evenly, so that there
// is something to compare with.
import type { Random } from "../../base/random.ts";

/** Rows of one trace that are to be decided together. */
export type Candidate = { readonly rows: number; readonly interest: number };

const ROUNDS = 40;

/** The probability of each, so that `room` rows are kept on average; 1 for all when there is room for all. */
export function probabilities(candidates: readonly Candidate[], room: number): number[] {
  const all = candidates.reduce((sum, { rows }) => sum + rows, 0);
  if (all <= room) return candidates.map(() => 1);
  // the factor by which interest becomes probability, by halving: the more, the more is kept
  let [low, high] = [0, 1];
  for (let round = 0; round < ROUNDS; round++) {
    const factor = (low + high) / 2;
    const kept = candidates.reduce((sum, { rows, interest }) => sum + rows * Math.min(1, factor * interest), 0);
    if (kept > room) high = factor;
    else low = factor;
  }
  return candidates.map(({ interest }) => Math.min(1, Math.max(low, LEAST) * interest));
}

/** nothing is impossible, or it would be missing from what the others stand for */
const LEAST = 1e-5;

/** what quiet seconds leave for a busy one */
const SAVED_S = 2;

export type Sampler = {
  /** @param spoken rows that were decided earlier and are kept
   *  @returns the weight of each candidate; 0: it is not kept */
  draw(candidates: readonly Candidate[], spoken: number, nowUs: number): number[];
};

/** @param perSecond rows that are kept, on average
 *  @param nowUs since the epoch */
export function sampler(random: Random, perSecond: number, nowUs: number): Sampler {
  let room = SAVED_S * perSecond;
  let earnedUs = nowUs;
  return {
    draw(candidates, spoken, nowUs) {
      room = Math.min(SAVED_S * perSecond, room + (perSecond * Math.max(0, nowUs - earnedUs)) / 1e6) - spoken;
      earnedUs = nowUs;
      const weights = probabilities(candidates, Math.max(0, room)).map((p) =>
        p === 1 || random.unit() < p ? 1 / p : 0,
      );
      candidates.forEach(({ rows }, i) => {
        if (weights[i] !== 0) room -= rows;
      });
      return weights;
    },
  };
}
