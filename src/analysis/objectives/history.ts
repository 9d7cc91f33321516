// How many requests of an objective there were, and how many of them were bad, step by step: fine for what is recent, coarse
// for what is long ago, as the questions about it are. Each step knows the sums up to it, so that a question is a search.

import type { Counted, CountedStep } from "../../model/objective.ts";

export type History = {
  /** puts these in the place of all that begins at or after `fromS`. @param steps oldest first, none overlaps another */
  replace(fromS: number, steps: readonly CountedStep[]): void;
  /** a step that is cut by `fromS` counts by the part that is within */
  since(fromS: number): Counted;
};

/** with the sums of all steps before it */
type Summed = CountedStep & { readonly requestsBefore: number; readonly badBefore: number };

/** older than so much: in steps of so much */
const COARSER = [
  { olderS: 2 * 3600, lengthS: 60 },
  { olderS: 24 * 3600, lengthS: 3600 },
] as const;
/** new steps until old ones are joined: an hour of ten seconds */
const JOIN_AFTER = 360;

/** @param windowS what is older is forgotten */
export function countedHistory(windowS: number): History {
  let steps: Summed[] = [];
  let joined = 0;

  const push = ({ startS, lengthS, requests, bad }: CountedStep) => {
    const last = steps.at(-1);
    const requestsBefore = last ? last.requestsBefore + last.requests : 0;
    const badBefore = last ? last.badBefore + last.bad : 0;
    steps.push({ startS, lengthS, requests, bad, requestsBefore, badBefore });
  };

  const join = (nowS: number) => {
    const kept = steps.filter(({ startS, lengthS }) => startS + lengthS > nowS - windowS);
    const fewer = COARSER.reduce<CountedStep[]>(
      (all, { olderS, lengthS }) => coarser(all, nowS - olderS, lengthS),
      kept,
    );
    steps = [];
    for (const step of fewer) push(step);
    joined = steps.length;
  };

  return {
    replace(fromS, fresh) {
      while ((steps.at(-1)?.startS ?? Number.NEGATIVE_INFINITY) >= fromS) steps.pop();
      for (const step of fresh) push(step);
      const last = steps.at(-1);
      if (last && steps.length > joined + JOIN_AFTER) join(last.startS + last.lengthS);
    },
    since(fromS) {
      const last = steps.at(-1);
      const first = steps[firstAfter(steps, fromS)];
      if (!last || !first) return { requests: 0, bad: 0 };
      const left = Math.max(0, (fromS - first.startS) / first.lengthS);
      return {
        requests: last.requestsBefore + last.requests - first.requestsBefore - first.requests * left,
        bad: last.badBefore + last.bad - first.badBefore - first.bad * left,
      };
    },
  };
}

/** Index of the first step that ends after that time. */
function firstAfter(steps: readonly CountedStep[], atS: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { startS, lengthS } = steps[middle] as Summed;
    if (startS + lengthS > atS) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Joins those that lie wholly before `beforeS` to whole steps of that length. */
function coarser(steps: readonly CountedStep[], beforeS: number, lengthS: number): CountedStep[] {
  const all: CountedStep[] = [];
  for (const step of steps) {
    const { requests, bad } = step;
    const startS = Math.floor(step.startS / lengthS) * lengthS;
    const last = all.at(-1);
    if (step.lengthS >= lengthS || startS + lengthS > beforeS) all.push(step);
    else if (last?.startS === startS && last.lengthS === lengthS) {
      all[all.length - 1] = { startS, lengthS, requests: last.requests + requests, bad: last.bad + bad };
    } else all.push({ startS, lengthS, requests, bad });
  }
  return all;
}
