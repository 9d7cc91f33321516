// What a version may have done to a loss that came at a known time: it runs beside no other, so only before and after tell.
import { FEW, Z95 } from "../../statistics/proportion.ts";
import { type Change, changeOf } from "./agreement.ts";
import type { AtRisk } from "./at-risk.ts";

/** Of a change at a time that is known: twice the logarithm of the likelihood ratio that is no chance, once in a hundred looks. */
const CLEAR = 6.6;

/** Cases by when they reached the step: their numbers, whether each was lost, and when it was there, ms. */
export type Course = {
  readonly order: readonly number[];
  readonly lost: readonly number[];
  readonly startMs: readonly number[];
};

/** Lost journeys, and the half-width of their 95 % interval. */
export type Rise = { readonly estimate: number; readonly spread: number };

export function courseOf({ startOf, isLost }: AtRisk): Course {
  const order = [...startOf.keys()].sort((a, b) => startOf[a]! - startOf[b]!);
  return { order, lost: order.map((number) => isLost[number]!), startMs: order.map((number) => startOf[number]!) };
}

/** The one of these times at which the share lost changed most; undefined when it may well be chance. */
export function changeAt({ lost, startMs }: Course, deployedMs: readonly number[]): Change | undefined {
  const places = placesOf(startMs, deployedMs);
  return changeOf(lost, places, CLEAR + 2 * Math.log(Math.max(1, places.length)));
}

/** The most that is lost since one of these times beyond what was lost before it. */
export function riseSince({ lost, startMs }: Course, deployedMs: readonly number[]): Rise {
  let most: Rise = { estimate: 0, spread: 0 };
  for (const place of placesOf(startMs, deployedMs)) {
    const [before, after] = [shareOf(lost.slice(0, place)), shareOf(lost.slice(place))];
    const count = lost.length - place;
    const estimate = Math.max(0, count * (after.share - before.share));
    const spread = Z95 * count * Math.sqrt(before.variance + after.variance);
    if (estimate + spread > most.estimate + most.spread) most = { estimate, spread };
  }
  return most;
}

/** With a time before which hardly anybody came nothing can be compared. */
function placesOf(startMs: readonly number[], deployedMs: readonly number[]): number[] {
  const places = deployedMs.map((ms) => startMs.findIndex((start) => start >= ms));
  return [...new Set(places)].filter((place) => place >= FEW);
}

/** Agresti and Coull (1998): a few of whom none was lost are not sure to lose none. */
function shareOf(lost: readonly number[]): { readonly share: number; readonly variance: number } {
  const count = lost.length + 4;
  const share = (lost.reduce((sum, one) => sum + one, 0) + 2) / count;
  return { share, variance: (share * (1 - share)) / count };
}
