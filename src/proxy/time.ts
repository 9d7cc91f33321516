// What time it is, read once per event: what happens within one is not told apart, and a reading costs as much as parsing
// a field. Only what a system call lies between (the request was sent, the answer was taken) is read anew.
import type { Core } from "./shapes.ts";

/** Called first in whatever wakes the data plane: a socket's event, a timer, an answer of the opener. */
export function wake(core: Core): number {
  core.nowMs = core.deps.clock.monotonicMs();
  return core.nowMs;
}

/** ms of the host's monotonic clock: what is shared with other processes is told in it */
export function hostMs(core: Core): number {
  return core.nowMs + core.deps.hostOffsetMs;
}

/** The host's clock may be set: now and then the two are compared. */
export function alignClocks(core: Core): void {
  const { clock } = core.deps;
  core.epochUs = clock.nowUs() - clock.monotonicMs() * 1000;
}
