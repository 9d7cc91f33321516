// The directly-follows graph: which step comes right after which, how often, and whether that is an order or a coincidence.
import type { Trails } from "./trails.ts";

/** The most frequent steps; what is rarer is left out of the graph and counted in its coverage. */
const MOST_STEPS = 200;

export type Follows = {
  /** code of a step → its place in the graph; -1: it is not in */
  readonly placeOf: Int32Array;
  /** place → code */
  readonly codes: readonly number[];
  /** by place: cases that have the step */
  readonly cases: Uint32Array;
  /** `from * size + to` */
  readonly counts: Float64Array;
  readonly size: number;
};

/** @param isKept which cases count; default: all */
export function follows(trails: Trails, isKept: (at: number) => boolean = () => true): Follows {
  const { steps, starts, names } = trails;
  const having = new Uint32Array(names.length);
  const seenIn = new Int32Array(names.length).fill(-1);
  for (let at = 0; at + 1 < starts.length; at++) {
    if (!isKept(at)) continue;
    for (let place = starts[at] as number; place < (starts[at + 1] as number); place++) {
      const step = steps[place] as number;
      if (seenIn[step] === at) continue;
      seenIn[step] = at;
      having[step] = (having[step] as number) + 1;
    }
  }
  const codes = [...names.keys()].filter((code) => having[code]).sort((a, b) => having[b]! - having[a]! || a - b);
  codes.length = Math.min(codes.length, MOST_STEPS);
  const placeOf = new Int32Array(names.length).fill(-1);
  for (const [place, code] of codes.entries()) placeOf[code] = place;
  const size = codes.length;
  const counts = new Float64Array(size * size);
  for (let at = 0; at + 1 < starts.length; at++) {
    if (!isKept(at)) continue;
    let previous = -1;
    for (let place = starts[at] as number; place < (starts[at + 1] as number); place++) {
      const next = placeOf[steps[place] as number] as number;
      if (next < 0) continue;
      if (previous >= 0 && previous !== next)
        counts[previous * size + next] = (counts[previous * size + next] as number) + 1;
      previous = next;
    }
  }
  return { placeOf, codes, cases: Uint32Array.from(codes, (code) => having[code] as number), counts, size };
}

/** −1…1; near 1: `to` follows `from` and not the other way round. */
export function dependency({ counts, size }: Follows, from: number, to: number): number {
  const there = counts[from * size + to] as number;
  const back = counts[to * size + from] as number;
  return (there - back) / (there + back + 1);
}
