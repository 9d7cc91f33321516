// How many requests a workload has in flight. With many of them no gap tells them apart, and looking costs the most: then
// its calls are nobody's, and that is said.
import type { Arrival } from "../ingest/arrival.ts";

/** mean over a second; beyond, one link in ten would be wrong, and looking may take longer than what is looked at */
const MOST_IN_FLIGHT_US = 16e6;
const FORGOTTEN_AFTER_S = 60;

export type Crowds = {
  add(arrival: Arrival): void;
  /** @param workload its peer's id */
  isCrowded(workload: number): boolean;
};

/** Busy time of what ended in the newest second, and in the one before. */
type Busy = { second: number; us: number; beforeUs: number };

export function crowds(): Crowds {
  const workloads = new Map<number, Busy>();
  let newest = 0;

  const count = (workload: number, second: number, durationUs: number) => {
    let busy = workloads.get(workload);
    if (!busy) {
      busy = { second, us: 0, beforeUs: 0 };
      workloads.set(workload, busy);
    }
    if (second > busy.second) {
      busy.beforeUs = second === busy.second + 1 ? busy.us : 0;
      busy.us = 0;
      busy.second = second;
    }
    if (second === busy.second) busy.us += durationUs;
    else if (second === busy.second - 1) busy.beforeUs += durationUs;
  };

  return {
    add({ batch, rows, destinations }) {
      const { startUs, end } = batch.columns;
      for (let row = 0; row < rows; row++) {
        const durationUs = end[row] as number;
        const second = Math.floor(((startUs[row] as number) + durationUs) / 1e6);
        newest = Math.max(newest, second);
        count(destinations[row] as number, second, durationUs);
      }
      for (const [workload, { second }] of workloads) {
        if (second < newest - FORGOTTEN_AFTER_S) workloads.delete(workload);
      }
    },
    isCrowded(workload) {
      const busy = workloads.get(workload);
      return busy !== undefined && Math.max(busy.us, busy.beforeUs) > MOST_IN_FLIGHT_US;
    },
  };
}
