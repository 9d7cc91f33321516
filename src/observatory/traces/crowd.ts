// How many requests a workload has in flight. With many of them no gap tells them apart, and looking costs the most: then
// its calls are nobody's, and that is said.
import type { Arrival } from "../ingest/arrival.ts";

/** mean; beyond, one link in ten would be wrong, and looking may take longer than what is looked at */
const MOST_IN_FLIGHT = 16;
/** One that took several seconds was in flight once in each of them: it counts whole in the mean of so many only. */
const SECONDS = 10;
const SECOND_US = 1e6;
const FORGOTTEN_AFTER_S = 60;

export type Crowds = {
  add(arrival: Arrival): void;
  /** @param workload its peer's id */
  isCrowded(workload: number): boolean;
};

/** Busy time of what ended in each of the newest seconds, by the second modulo their number: whole, and at most the second itself. */
type Busy = { second: number; readonly whole: Float64Array; readonly within: Float64Array };

export function crowds(): Crowds {
  const workloads = new Map<number, Busy>();
  let newest = 0;

  const count = (workload: number, second: number, durationUs: number) => {
    let busy = workloads.get(workload);
    if (!busy) {
      busy = { second, whole: new Float64Array(SECONDS), within: new Float64Array(SECONDS) };
      workloads.set(workload, busy);
    }
    for (let next = Math.max(busy.second, second - SECONDS) + 1; next <= second; next++) {
      busy.whole[next % SECONDS] = 0;
      busy.within[next % SECONDS] = 0;
    }
    busy.second = Math.max(busy.second, second);
    if (second <= busy.second - SECONDS) return;
    const at = second % SECONDS;
    busy.whole[at] = (busy.whole[at] as number) + durationUs;
    busy.within[at] = (busy.within[at] as number) + Math.min(durationUs, SECOND_US);
  };

  return {
    add({ batch, rows, destinations }) {
      const { startUs, end } = batch.columns;
      for (let row = 0; row < rows; row++) {
        const durationUs = end[row] as number;
        const second = Math.floor(((startUs[row] as number) + durationUs) / SECOND_US);
        newest = Math.max(newest, second);
        count(destinations[row] as number, second, durationUs);
      }
      for (const [workload, { second }] of workloads) {
        if (second < newest - FORGOTTEN_AFTER_S) workloads.delete(workload);
      }
    },
    isCrowded(workload) {
      const busy = workloads.get(workload);
      if (!busy) return false;
      const { second, whole, within } = busy;
      // The newest second is not over.
      const now = Math.max(within[second % SECONDS] as number, within[(second - 1) % SECONDS] as number);
      const mean = whole.reduce((sum, us) => sum + us, 0) / SECONDS;
      return Math.max(now, mean) > MOST_IN_FLIGHT * SECOND_US;
    },
  };
}
