// What each workload of a service used and waited for in a window: the rise of its counters from look to look.
import {
  COUNTER_NAMES,
  LEVEL_NAMES,
  type ResourceCounter,
  type ResourceLevel,
  type ResourceSample,
} from "../../model/resources.ts";
import type { Reading } from "../live/history.ts";
import type { Window } from "./figures.ts";
import { type ResourcesDeps, readingsOf, rise } from "./resources.ts";

export type Used = {
  readonly workload: string;
  /** one after another; times of the looks in µs since the epoch; counters that the host does not tell are absent */
  readonly looked: readonly Looked[];
};

/** Levels are those at `toUs`. */
type Looked = {
  readonly fromUs: number;
  readonly toUs: number;
  readonly rise: ResourceSample;
} & Pick<ResourceSample, ResourceLevel>;

/** Workloads that were looked at less than twice are left out. */
export async function used(deps: ResourcesDeps, service: string, window: Window): Promise<Used[]> {
  const found = await readingsOf(deps, service, window);
  return found.flatMap(({ name, readings }) => {
    const inside = readings.filter(({ atUs }) => atUs >= window.fromUs && atUs <= window.toUs);
    const looked = inside.flatMap((now, at) => {
      const before = inside[at - 1];
      if (!before || before.atUs >= now.atUs) return [];
      return [{ fromUs: before.atUs, toUs: now.atUs, rise: risen(before, now), ...levelsOf(now) }];
    });
    return looked.length > 0 ? [{ workload: name.workload, looked }] : [];
  });
}

function risen(before: Reading, now: Reading): ResourceSample {
  const rises: { [Name in ResourceCounter]?: number } = {};
  for (const name of COUNTER_NAMES) {
    const by = rise(before.used[name], now.used[name]);
    if (by !== undefined) rises[name] = by;
  }
  return rises;
}

function levelsOf({ used }: Reading): Pick<ResourceSample, ResourceLevel> {
  const told = LEVEL_NAMES.filter((name) => used[name] !== undefined);
  return Object.fromEntries(told.map((name) => [name, used[name]]));
}
