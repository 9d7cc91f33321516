// Whether fewer come through a journey than are promised, or than did before. Pure: from who began it to a judgement.
//
// Who began a moment ago had no time to come through yet. So all are given the same time, in which nine of ten who ever do have
// done it, and those who began later are not looked at. Shares vary more from hour to hour than chance has it: by how much is
// taken from the time before, and asked for on top.

import { quantile } from "../journeys/funnel/durations.ts";
import { FEW } from "../statistics/proportion.ts";

/** Who began, oldest first: seconds since the epoch, and how long it took them; infinite: they did not come through. */
export type Entries = { readonly beganS: Float64Array; readonly tookS: Float64Array };

export type Come = { readonly entered: number; readonly reached: number };

/** What fell: of those who began in so many seconds, against the share that was to be expected. */
export type Fall = Come & { readonly seconds: number; readonly expected: number };

export type ConversionJudgement = Come & {
  /** the shortest stretch that is below, by no chance */
  readonly fall?: Fall;
};

export type ConversionGoal = {
  /** share that is promised; undefined: what there was before */
  readonly least: number | undefined;
  /** how far back "before" goes */
  readonly windowS: number;
};

const RECENT_S = [60, 300, 1_800, 7_200] as const;
/** once in a million looks, one-sided; looked at is each minute, in four stretches */
const BY_NO_CHANCE = 4.75;
const BY_CHANCE = 1.64;
/** a fall by less is not told of, however sure it is; nor must all of it be made good again */
const FELT = 0.8;
const GOOD_AGAIN = 0.9;
const LEAST_CALM_S = 300;
const HORIZON_S = { share: 0.9, least: 30, most: 1_800, unknown: 300 } as const;
const BLOCKS = { least: 4, most: 48 } as const;

/** @param freshS since when those who come speak for a new incident */
export function judgeConversion(
  entries: Entries,
  { least, windowS }: ConversionGoal,
  { nowS, freshS }: { readonly nowS: number; readonly freshS: number },
): ConversionJudgement {
  const come = counter(entries);
  const endS = nowS - come.horizonS;
  const firstS = Math.max(entries.beganS[0] ?? endS, endS - windowS);
  const fallOver = (seconds: number): Fall | undefined => {
    const recent = come.between(Math.max(endS - seconds, freshS), endS);
    const before = least === undefined ? beforeOf(come, firstS, endS - seconds, seconds) : { share: least, spread: 1 };
    if (!before || recent.entered === 0) return undefined;
    const { share } = before;
    const isFelt = least !== undefined || recent.reached <= FELT * share * recent.entered;
    const isFall = isFelt && score(recent, before) <= -BY_NO_CHANCE;
    return isFall ? { ...recent, seconds, expected: share } : undefined;
  };
  const fall = RECENT_S.map(fallOver).find((one) => one !== undefined);
  return { ...come.between(endS - windowS, endS), ...(fall && { fall }) };
}

/** Whether as many come through again; so do they when nobody begins any more. */
export function isComingThrough(entries: Entries, { seconds, expected }: Fall, nowS: number): boolean {
  const come = counter(entries);
  const endS = nowS - come.horizonS;
  const recent = come.between(endS - Math.max(seconds, LEAST_CALM_S), endS);
  if (recent.reached >= GOOD_AGAIN * expected * recent.entered) return true;
  return score(recent, { share: expected, spread: 1 }) > -BY_CHANCE;
}

/** `spread`: times the variance of chance, at least 1; `entered`: of how many the share is known, absent when it is promised */
type Before = { readonly share: number; readonly spread: number; readonly entered?: number };

/** Undefined when too few have come through, or for too short a time, to know what is usual. */
function beforeOf(come: Counter, fromS: number, toS: number, seconds: number): Before | undefined {
  const { entered, reached } = come.between(fromS, toS);
  if (toS - fromS < seconds || reached < FEW) return undefined;
  const share = reached / entered;
  const count = Math.min(BLOCKS.most, Math.max(BLOCKS.least, Math.floor((toS - fromS) / seconds)));
  const lengthS = (toS - fromS) / count;
  let sum = 0;
  for (let at = 0; at < count; at++) {
    const block = come.between(fromS + at * lengthS, fromS + (at + 1) * lengthS);
    if (block.entered > 0) sum += score(block, { share, spread: 1 }) ** 2;
  }
  return { share, entered, spread: Math.max(1, sum / (count - 1)) };
}

/** How many standard errors more came through than that. */
function score({ entered, reached }: Come, { share, spread, entered: of }: Before): number {
  const pooled = of === undefined ? share : (reached + share * of) / (entered + of);
  const error = Math.sqrt(
    spread * pooled * (1 - pooled) * (1 / Math.max(1, entered) + (of === undefined ? 0 : 1 / of)),
  );
  return error === 0 ? 0 : (reached / Math.max(1, entered) - share) / error;
}

type Counter = {
  /** in which who comes through has done so */
  readonly horizonS: number;
  /** of those who began from then to before then */
  between(fromS: number, toS: number): Come;
};

function counter({ beganS, tookS }: Entries): Counter {
  const took = tookS.filter(Number.isFinite);
  const usual = took.length === 0 ? HORIZON_S.unknown : quantile(took, HORIZON_S.share);
  const horizonS = Math.min(HORIZON_S.most, Math.max(HORIZON_S.least, usual));
  const reachedBefore = new Uint32Array(beganS.length + 1);
  for (let at = 0; at < beganS.length; at++) {
    reachedBefore[at + 1] = (reachedBefore[at] as number) + Number((tookS[at] as number) <= horizonS);
  }
  return {
    horizonS,
    between(fromS, toS) {
      const [from, to] = [firstFrom(beganS, fromS), Math.max(firstFrom(beganS, fromS), firstFrom(beganS, toS))];
      return { entered: to - from, reached: (reachedBefore[to] as number) - (reachedBefore[from] as number) };
    },
  };
}

function firstFrom(times: Float64Array, fromS: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < fromS) low = middle + 1;
    else high = middle;
  }
  return low;
}
