// A clock for tests: time stands still until `advance` pushes it on, and timers fire in the order they fall due.
import type { Clock, Timer } from "./clock.ts";

export type ManualClock = Clock & { advance(ms: number): void };

export function manualClock(startUs = 1_700_000_000_000_000): ManualClock {
  let now = 0;
  const due = new Set<{ at: number; run: () => void }>();

  const after = (ms: number, run: () => void): Timer => {
    const entry = { at: now + ms, run };
    due.add(entry);
    return { cancel: () => due.delete(entry) };
  };

  return {
    nowUs: () => startUs + now * 1000,
    monotonicMs: () => now,
    after,
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
      for (;;) {
        let next: { at: number; run: () => void } | undefined;
        for (const entry of due) if (entry.at <= end && (!next || entry.at < next.at)) next = entry;
        if (!next) break;
        due.delete(next);
        now = next.at;
        next.run();
      }
      now = end;
    },
  };
}
