// What those did next who did not go on: up to three different events after the step they reached, by step.
import { isAsset } from "../kind.ts";
import type { EventLog } from "../log.ts";
import type { Attempt } from "./attempts.ts";
import type { DropOff } from "./types.ts";

const LENGTH = 3;
const SHOWN = 5;
/** Different paths that are told apart at a step; what comes later counts as another. */
const KEPT = 10_000;
const ENDS = 0;

export type DropOffPaths = { add(attempt: Attempt): void; paths(): DropOff[] };

/** @param steps of the funnel; only an attempt that lacks some is added */
export function dropOffPaths({ events, names }: Pick<EventLog, "events" | "names">, steps: number): DropOffPaths {
  // A path is a number, because millions are counted: a digit for each event, its code and one, in this base.
  const base = names.length + 1;
  const isPart = Uint8Array.from(names, (name) => Number(isAsset(name)));
  const counts = Array.from({ length: steps - 1 }, () => new Map<number, number>());
  const totals = new Uint32Array(steps - 1);
  return {
    add({ depth, positions, to }) {
      const paths = counts[depth - 1];
      if (!paths) return;
      totals[depth - 1] = (totals[depth - 1] as number) + 1;
      let path = ENDS;
      let previous = -1;
      let scale = 1;
      for (let at = (positions[depth - 1] as number) + 1, length = 0; at < to && length < LENGTH; at++) {
        const event = events[at] as number;
        if (event === previous || isPart[event]) continue;
        path += (event + 1) * scale;
        scale *= base;
        previous = event;
        length++;
      }
      const before = paths.get(path);
      if (before !== undefined || paths.size < KEPT) paths.set(path, (before ?? 0) + 1);
    },
    paths: () =>
      counts.map((paths, at) => ({
        step: at + 1,
        lost: totals[at] as number,
        next: [...paths]
          .sort((a, b) => b[1] - a[1] || a[0] - b[0])
          .slice(0, SHOWN)
          .map(([path, count]) => ({ path: spelled(path), count, share: count / (totals[at] as number) })),
      })),
  };

  /** Empty: nothing more came. */
  function spelled(path: number): string[] {
    const words: string[] = [];
    for (let rest = path; rest > 0; rest = Math.floor(rest / base)) words.push(names[(rest % base) - 1] as string);
    return words;
  }
}
