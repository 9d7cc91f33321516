// One question of a live stream: what there is to tell on a beat, if anything.
import type { Told } from "./shared.ts";

export type LiveAsk = {
  /** as the client wrote it; events carry it */
  readonly ask: string;
  /** undefined: nothing new */
  next(): Promise<Told | undefined>;
  close(): void;
};

/** late arrivals change the figures of the past for so long */
const SETTLED_AFTER_US = 30e6;

export type Times = {
  /** of the window, µs since the epoch; NaN: it moves with the clock */
  readonly endUs: number;
  readonly nowUs: () => number;
};

/** A question about figures: the latest answer wins; one about a past that changes no more is answered once. */
export function figuresAsk(ask: string, find: () => Promise<Told>, { endUs, nowUs }: Times): LiveAsk {
  let isSettled = false;
  return {
    ask,
    async next() {
      if (isSettled) return undefined;
      isSettled = nowUs() > endUs + SETTLED_AFTER_US;
      return find();
    },
    close() {},
  };
}
