// What Ctrl-C and its like do. Unless a command takes them over, they end us with the usual codes: 130, 143, 129.

export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

const EXIT_CODE: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

export type Signals = {
  /** from now on `handler` gets them; returns how to give them back */
  take(handler: (signal: StopSignal) => void): () => void;
  /** runs before we end by a signal, to put the terminal in order; returns how to forget it */
  beforeExit(restore: () => void): () => void;
};

export function exitCodeOf(signal: StopSignal): number {
  return EXIT_CODE[signal];
}

export function processSignals(): Signals {
  const restores = new Set<() => void>();
  let handler: ((signal: StopSignal) => void) | undefined;
  for (const signal of Object.keys(EXIT_CODE) as StopSignal[]) {
    process.on(signal, () => {
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
