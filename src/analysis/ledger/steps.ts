// The own time of requests laid upon the looks at their workload's figures.
import type { ResourceLevel, ResourceSample } from "../../model/resources.ts";
import type { Interval } from "./critical-path.ts";

/** What each counter of a workload rose by between two looks, and the levels at the second one. */
export type Looked = Interval & { readonly rise: ResourceSample } & Pick<ResourceSample, ResourceLevel>;

export type Step = {
  readonly rise: ResourceSample;
  readonly seconds: number;
  /** that ended in it */
  readonly requests: number;
  /** request-seconds of own time in it */
  readonly ownS: number;
  /** of its seconds, those with at least one request in its own time */
  readonly busyS: number;
};

export type Owned = { readonly own: readonly Interval[]; readonly weight: number };

/** @param looked one after another, oldest first */
export function stepsOf(looked: readonly Looked[], owned: readonly Owned[]): Step[] {
  const within = looked.map(() => ({ requests: 0, ownUs: 0, pieces: [] as Interval[] }));
  for (const { own, weight } of owned) {
    let last = -1;
    for (const interval of own) {
      for (const { at, ...piece } of piecesOf(looked, interval)) {
        const step = within[at] as (typeof within)[number];
        step.ownUs += lengthOf(piece) * weight;
        step.pieces.push(piece);
        last = Math.max(last, at);
      }
    }
    const lastStep = within[last];
    if (lastStep) lastStep.requests += weight;
  }
  const isSampled = owned.some(({ weight }) => weight !== 1);
  return looked.map(({ fromUs, toUs, rise }, at) => {
    const { requests, ownUs, pieces } = within[at] as (typeof within)[number];
    // of a sample the gaps say nothing
    const busyUs = isSampled ? Math.min(ownUs, toUs - fromUs) : unionOf(pieces);
    return { rise, seconds: (toUs - fromUs) / 1e6, requests, ownS: ownUs / 1e6, busyS: busyUs / 1e6 };
  });
}

/** The parts of an interval that lie in steps, each with the number of its step. */
export function piecesOf(looked: readonly Interval[], { fromUs, toUs }: Interval): (Interval & { at: number })[] {
  const pieces: (Interval & { at: number })[] = [];
  for (let at = firstAfter(looked, fromUs); at < looked.length; at++) {
    const step = looked[at] as Interval;
    if (step.fromUs >= toUs) break;
    const piece = { fromUs: Math.max(fromUs, step.fromUs), toUs: Math.min(toUs, step.toUs) };
    if (piece.toUs > piece.fromUs) pieces.push({ at, ...piece });
  }
  return pieces;
}

export function lengthOf({ fromUs, toUs }: Interval): number {
  return toUs - fromUs;
}

/** number of the first step that ends after a time */
function firstAfter(looked: readonly Interval[], us: number): number {
  let [low, high] = [0, looked.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((looked[middle] as Interval).toUs > us) high = middle;
    else low = middle + 1;
  }
  return low;
}

function unionOf(intervals: Interval[]): number {
  let [sum, until] = [0, Number.NEGATIVE_INFINITY];
  for (const { fromUs, toUs } of intervals.sort((a, b) => a.fromUs - b.fromUs)) {
    if (toUs <= until) continue;
    sum += toUs - Math.max(fromUs, until);
    until = toUs;
  }
  return sum;
}
