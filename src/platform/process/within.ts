// Waits for something, but not for ever.
import type { Clock } from "../../base/clock.ts";

/** true: it came about within `ms`; a rejection counts as come about */
export function within(ms: number, clock: Clock, event: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, () => resolve(false));
    const done = () => {
      timer.cancel();
      resolve(true);
    };
    event.then(done, done);
  });
}
