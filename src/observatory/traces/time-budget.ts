// A share of a core: what is spent is earned back with time.
import type { Clock } from "../../base/clock.ts";

/** what a service is learned by at first takes longer */
const SAVED_MS = 1_500;

export type TimeBudget = {
  hasSome(): boolean;
  spend<Result>(act: () => Result): Result;
};

export function timeBudget(clock: Clock, share: number): TimeBudget {
  let leftMs = SAVED_MS;
  let atMs = clock.monotonicMs();
  return {
    hasSome() {
      const nowMs = clock.monotonicMs();
      leftMs = Math.min(SAVED_MS, leftMs + (nowMs - atMs) * share);
      atMs = nowMs;
      return leftMs > 0;
    },
    spend(act) {
      const beganMs = clock.monotonicMs();
      const result = act();
      leftMs -= clock.monotonicMs() - beganMs;
      return result;
    },
  };
}
