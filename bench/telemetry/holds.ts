// For how long an observatory answers nobody, seen from outside: something that needs no thought is asked again and again.
import { systemClock } from "../../src/base/clock.ts";

export type Holds = {
  /** the longest wait since it was asked last, ms */
  take(): number;
  stop(): Promise<void>;
};

const PAUSE_MS = 5;

export function watchHolds(ask: () => Promise<unknown>): Holds {
  let longest = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const began = systemClock.monotonicMs();
      await ask();
      longest = Math.max(longest, systemClock.monotonicMs() - began);
      await systemClock.sleep(PAUSE_MS);
    }
  })();
  return {
    take() {
      const taken = longest;
      longest = 0;
      return taken;
    },
    async stop() {
      isOver = true;
      await watching;
    },
  };
}
