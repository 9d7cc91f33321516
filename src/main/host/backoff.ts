// How long to wait before starting a process of ours again: at once-ish the first time, longer while it keeps dying.
import type { Clock } from "../../base/clock.ts";

export type Backoff = {
  /** the process has begun to run */
  begun(): void;
  /** ms until the next start, now that it has ended */
  next(): number;
  /** ends without a long enough life between them */
  readonly failures: number;
};

/** so long a life forgets the failures before it */
const LONG_LIFE_MS = 30_000;
const FIRST_MS = 100;
const LAST_MS = 10_000;

export function restartBackoff(clock: Clock): Backoff {
  let failures = 0;
  let begunMs = 0;
  return {
    begun() {
      begunMs = clock.monotonicMs();
    },
    next() {
      failures = clock.monotonicMs() - begunMs > LONG_LIFE_MS ? 1 : failures + 1;
      return Math.min(FIRST_MS * 2 ** (failures - 1), LAST_MS);
    },
    get failures() {
      return failures;
    },
  };
}
