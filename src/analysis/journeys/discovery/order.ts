// Of each two steps: in how many cases the one is first met before the other is. And where in a case a step is met, and
// whether the case ends with it.

import { intentOf } from "../kind.ts";
import type { Follows } from "./graph.ts";
import type { Trails } from "./trails.ts";

export type Precedence = {
  /** `a * size + b`: cases in which a is met before b */
  readonly before: Float64Array;
  /** by place: cases that have nothing but reading after its last time, and at most two steps of that */
  readonly ends: Uint32Array;
  /** by place: cases whose very last step it is */
  readonly lasts: Uint32Array;
  /** by place: where in its cases it is first met, 0…1, on average over cases of two steps or more */
  readonly lateness: Float64Array;
  /** cases that begin with it */
  readonly begins: Uint32Array;
};

const READ_AFTER = 2;

/** @param isExit places that end a case without being what it was for */
export function precedence(trails: Trails, graph: Follows, isExit: Uint8Array): Precedence {
  const { size, placeOf, codes, cases } = graph;
  const writes = codes.map((code) => intentOf(trails.names[code] as string) === "writes");
  const before = new Float64Array(size * size);
  const ends = new Uint32Array(size);
  const lasts = new Uint32Array(size);
  const begins = new Uint32Array(size);
  const late = new Float64Array(size);
  const lateCases = new Uint32Array(size);
  const met = new Int32Array(size).fill(-1);
  const order = new Int32Array(size);
  const firstAt = new Int32Array(size);
  for (let at = 0; at + 1 < trails.starts.length; at++) {
    const from = trails.starts[at] as number;
    let end = trails.starts[at + 1] as number;
    const lastPlace = placeOf[trails.steps[end - 1] as number] as number;
    if (lastPlace >= 0) lasts[lastPlace] = (lasts[lastPlace] as number) + 1;
    while (end > from + 1 && isExit[placeOf[trails.steps[end - 1] as number] as number]) end--;
    let count = 0;
    for (let index = from; index < end; index++) {
      const place = placeOf[trails.steps[index] as number] as number;
      if (place < 0 || met[place] === at) continue;
      met[place] = at;
      firstAt[place] = index - from;
      for (let earlier = 0; earlier < count; earlier++) {
        const key = (order[earlier] as number) * size + place;
        before[key] = (before[key] as number) + 1;
      }
      order[count++] = place;
    }
    if (count === 0) continue;
    begins[order[0] as number] = (begins[order[0] as number] as number) + 1;
    const length = end - from;
    for (let index = 0; index < count && length > 1; index++) {
      const place = order[index] as number;
      late[place] = (late[place] as number) + (firstAt[place] as number) / (length - 1);
      lateCases[place] = (lateCases[place] as number) + 1;
    }
    // Back from the end until something is written, which is still of the end itself.
    for (let index = end - 1, passed = 0; index >= from && passed <= READ_AFTER; index--, passed++) {
      const place = placeOf[trails.steps[index] as number] as number;
      if (place < 0) continue;
      ends[place] = (ends[place] as number) + 1;
      if (writes[place]) break;
    }
  }
  const lateness = late.map((sum, place) => (lateCases[place] ? sum / (lateCases[place] as number) : 0));
  for (let place = 0; place < size; place++) ends[place] = Math.min(ends[place] as number, cases[place] as number);
  return { before, ends, lasts, lateness, begins };
}
