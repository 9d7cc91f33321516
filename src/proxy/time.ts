// What time it is, read once per event: what happens within one is not told apart, and a reading costs as much as parsing
// a field. No system call lies between: what an event writes leaves at the end of the turn.
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
