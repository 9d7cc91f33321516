// A clock for tests: time stands still until it is pushed on, and timers fire in the order they fall due; those due at the
// same time in the order they were set.
import type { Clock, Timer } from "./clock.ts";
import { timerHeap } from "./timer-heap.ts";

export type ManualClock = Clock & {
  advance(ms: number): void;
  /** calls `run` at a monotonic time, ms; one that has passed is now */
  at(atMs: number, run: () => void): Timer;
  /** goes to the next timer and fires it; false: there is none until `endMs`, and time stays */
  step(endMs?: number): boolean;
};

export function manualClock(startUs = 1_700_000_000_000_000): ManualClock {
  let now = 0;
  const timers = timerHeap();

  const at = (atMs: number, run: () => void): Timer => {
    const entry = timers.push(Math.max(atMs, now), run);
    return {
      cancel() {
        entry.run = undefined;
      },
    };
  };
  const after = (ms: number, run: () => void): Timer => at(now + ms, run);

  const step = (endMs = Number.POSITIVE_INFINITY): boolean => {
    const next = timers.peek();
    if (!next || next.at > endMs) return false;
    timers.pop();
    now = next.at;
    next.run?.();
    return true;
  };

  return {
    nowUs: () => startUs + now * 1000,
    monotonicMs: () => now,
    at,
    after,
    step,
    every(ms, run) {
      let timer: Timer;
      const again = () => {
        timer = after(ms, again);
        run();
      };
      timer = after(ms, again);
      return { cancel: () => timer.cancel() };
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const timer = after(ms, resolve);
        signal?.addEventListener("abort", () => {
          timer.cancel();
          reject(signal.reason);
        });
      });
    },
    advance(ms) {
      const end = now + ms;
      while (step(end));
      now = end;
    },
  };
}
