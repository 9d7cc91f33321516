// The host's monotonic clock: the same in every process, unlike the runtime's, which begins with the process.
import type { Clock } from "../base/clock.ts";
import { libc } from "./libc.ts";

const CLOCK_MONOTONIC = 1;

/** ms to add to `clock.monotonicMs` for the host's monotonic clock; it does not change within a process's life */
export function hostOffsetMs(clock: Clock): number {
  const time = new BigInt64Array(2);
  libc.clock_gettime(CLOCK_MONOTONIC, time);
  return Number(time[0]) * 1000 + Number(time[1]) / 1e6 - clock.monotonicMs();
}
