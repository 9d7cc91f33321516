// The steps of a series over time: few enough to draw and to read, and of lengths that people count in.
import { MeshError } from "../../base/errors/index.ts";
import type { Window } from "./figures.ts";

/** rows of an answer at most */
export const MOST_STEPS = 180;

const LENGTHS_S = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200, 86_400, 604_800,
];

/**
 * The shortest length whose steps, aligned to the epoch, are at most MOST_STEPS.
 * @param leastS what is kept is no finer
 * @param askedS the length that the asker wants
 * @throws MeshError question_invalid when that cannot be
 */
export function stepSeconds({ fromUs, toUs }: Window, leastS: number, askedS?: number): number {
  const fits = (lengthS: number) => Math.ceil(toUs / 1e6 / lengthS) - Math.floor(fromUs / 1e6 / lengthS) <= MOST_STEPS;
  if (askedS === undefined) return LENGTHS_S.find((one) => one >= leastS && fits(one)) ?? 31_536_000;
  if (!Number.isInteger(askedS) || askedS < 1) throw invalid(`step must be whole seconds, not ${askedS} s`);
  const least = Math.ceil(askedS / leastS) * leastS;
  if (!fits(least)) throw invalid(`step ${least}s makes more than ${MOST_STEPS} steps of this window`);
  return least;
}

function invalid(detail: string): MeshError {
  return new MeshError("question_invalid", detail);
}
