// What each workload of a service used and waited for in a window: the rise of its counters between the looks that
// enclose the window as closely as possible.
import { COUNTER_NAMES, type ResourceCounter, type ResourceSample } from "../../model/resources.ts";
import type { Reading } from "../live/history.ts";
import type { Window } from "./figures.ts";
import { type ResourcesDeps, readingsOf, rise } from "./resources.ts";

export type Used = {
  readonly workload: string;
  /** of the looks, µs since the epoch */
  readonly fromUs: number;
  readonly toUs: number;
  /** counters that the host does not tell are absent */
  readonly rise: ResourceSample;
};

/** Workloads that were looked at less than twice are left out. */
export async function used(deps: ResourcesDeps, service: string, window: Window): Promise<Used[]> {
  const found = await readingsOf(deps, service, window);
  return found.flatMap(({ name, readings }) => {
    const inside = readings.filter(({ atUs }) => atUs >= window.fromUs && atUs <= window.toUs);
    const [first, last] = [inside[0], inside.at(-1)];
    if (!first || !last || first === last) return [];
    return [{ workload: name.workload, fromUs: first.atUs, toUs: last.atUs, rise: risen(inside) }];
  });
}

/** Step by step, because a counter may begin anew in between. */
function risen(readings: readonly Reading[]): ResourceSample {
  const sums: { [Name in ResourceCounter]?: number } = {};
  for (let at = 1; at < readings.length; at++) {
    for (const name of COUNTER_NAMES) {
      const by = rise(readings[at - 1]?.used[name], readings[at]?.used[name]);
      if (by !== undefined) sums[name] = (sums[name] ?? 0) + by;
    }
  }
  return sums;
}
