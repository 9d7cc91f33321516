// Waits until nothing is carried to a workload any more, and no worker would still give it something.
import type { Clock } from "../../base/clock.ts";

const LOOK_MS = 20;
/** what is still open then is cut off by whoever stops the workload */
const AT_MOST_MS = 10_000;

/** @param open connections that are carried to it now @param isKnown every worker has swapped it out */
export async function drained(clock: Clock, open: () => number, isKnown: () => boolean): Promise<void> {
  const deadline = clock.monotonicMs() + AT_MOST_MS;
  // a worker that has not looked at its messages yet may be about to dial: no connection now does not mean none
  await until(clock, () => (open() === 0 && isKnown()) || clock.monotonicMs() >= deadline);
}

export async function until(clock: Clock, isSo: () => boolean): Promise<void> {
  while (!isSo()) await clock.sleep(LOOK_MS);
}
