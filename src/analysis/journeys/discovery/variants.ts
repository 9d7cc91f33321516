// The most frequent ways as a whole.
import type { Trails } from "./trails.ts";

const SHOWN = 10;
/** Different ways that are told apart, and the steps of the longest. */
const KEPT = 100_000;
const LONGEST = 12;

export function topPaths({ names, steps, starts }: Trails) {
  const counts = new Map<string, number>();
  const cases = starts.length - 1;
  for (let at = 0; at < cases; at++) {
    const [from, to] = [starts[at] as number, starts[at + 1] as number];
    if (to - from > LONGEST) continue;
    let key = "";
    for (let place = from; place < to; place++) key += String.fromCharCode(steps[place] as number);
    const before = counts.get(key);
    if (before !== undefined || counts.size < KEPT) counts.set(key, (before ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, SHOWN)
    .map(([key, count]) => ({
      path: [...Array(key.length).keys()].map((at) => names[key.charCodeAt(at)] as string),
      ...{ cases: count, share: count / cases },
    }));
}
