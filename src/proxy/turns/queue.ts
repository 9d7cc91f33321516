// Turns under way on one connection, the oldest first: servers answer in the order in which they were asked.
import type { Turn } from "./turn.ts";

/** a client that asks on and on without reading an answer is not followed */
const MOST = 10_000;

export type TurnQueue = {
  /** @returns false: there are too many */
  push(one: Turn): boolean;
  oldest(): Turn | undefined;
  newest(): Turn | undefined;
  /** the oldest has its answer */
  end(nowMs: number): void;
  all(): readonly Turn[];
};

export function turnQueue(tell: (turn: Turn) => void): TurnQueue {
  let turns: Turn[] = [];
  let first = 0;
  return {
    push(one) {
      turns.push(one);
      return turns.length - first <= MOST;
    },
    oldest: () => turns[first],
    newest: () => turns.at(-1),
    end(nowMs) {
      const one = turns[first];
      if (!one) return;
      one.endMs = nowMs;
      if (++first === turns.length) {
        turns = [];
        first = 0;
      } else if (first === 1_000) {
        turns = turns.slice(first);
        first = 0;
      }
      tell(one);
    },
    all: () => turns.slice(first),
  };
}
