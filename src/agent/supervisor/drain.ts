// Waits until nothing is carried to a workload any more.
import type { Clock } from "../../base/clock.ts";

const LOOK_MS = 50;
/** what is still open then is cut off by whoever stops the workload */
const AT_MOST_MS = 10_000;

/** @param open connections that are carried to it now */
export async function drained(clock: Clock, open: () => number): Promise<void> {
  const deadline = clock.monotonicMs() + AT_MOST_MS;
  while (open() > 0 && clock.monotonicMs() < deadline) await clock.sleep(LOOK_MS);
}
