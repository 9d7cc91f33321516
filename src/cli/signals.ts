// What Ctrl-C and its like do. Unless a command takes them over, they end us with the usual codes: 130, 143, 129.

import type { Clock } from "../base/clock.ts";

export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

const EXIT_CODE: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** npm, timeout(1) and the terminal's process group each pass the same Ctrl-C on: within this time it is one */
const ONE_PRESS_MS = 100;

export type Signals = {
  /** from now on `handler` gets them; returns how to give them back */
  take(handler: (signal: StopSignal) => void): () => void;
  /** runs before we end by a signal, to put the terminal in order; returns how to forget it */
  beforeExit(restore: () => void): () => void;
};

export function exitCodeOf(signal: StopSignal): number {
  return EXIT_CODE[signal];
}

export function processSignals(clock: Clock): Signals {
  const restores = new Set<() => void>();
  const lastMs = new Map<StopSignal, number>();
  let handler: ((signal: StopSignal) => void) | undefined;
  for (const signal of Object.keys(EXIT_CODE) as StopSignal[]) {
    process.on(signal, () => {
      const nowMs = clock.monotonicMs();
      if (nowMs - (lastMs.get(signal) ?? Number.NEGATIVE_INFINITY) < ONE_PRESS_MS) return;
      lastMs.set(signal, nowMs);
      if (handler) return handler(signal);
      for (const restore of restores) restore();
      process.exit(EXIT_CODE[signal]);
    });
  }
  return {
    take(next) {
      const before = handler;
      handler = next;
      return () => {
        handler = before;
      };
    },
    beforeExit(restore) {
      restores.add(restore);
      return () => void restores.delete(restore);
    },
  };
}
