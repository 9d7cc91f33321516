// The newest exchanges in memory: `tap` shows them before the store has them, and when there is no store.
import type { Arrival } from "../ingest/arrival.ts";
import type { Names } from "../names.ts";
import { type RowTest, rowTest, type TapFilter } from "./condition.ts";
import { arrivedExchange, type Exchange } from "./exchange.ts";

export type Recent = {
  add(arrival: Arrival): void;
  /** oldest first */
  arrivals(): readonly Arrival[];
  /** calls `take` for every exchange from now on that meets the filter, until the returned function is called */
  follow(filter: TapFilter, take: (exchange: Exchange) => void): () => void;
};

const KEPT_ROWS = 20_000;

export function recentExchanges(names: Names): Recent {
  const kept: Arrival[] = [];
  let rows = 0;
  const followers = new Set<{ readonly test: RowTest; readonly take: (exchange: Exchange) => void }>();

  return {
    add(arrival) {
      kept.push(arrival);
      rows += arrival.rows;
      while (kept.length > 1 && rows - (kept[0] as Arrival).rows >= KEPT_ROWS) rows -= (kept.shift() as Arrival).rows;
      for (const { test, take } of followers) {
        for (let row = 0; row < arrival.rows; row++) {
          if (test(arrival, row)) take(arrivedExchange(arrival, row, names));
        }
      }
    },
    arrivals: () => kept,
    follow(filter, take) {
      const follower = { test: rowTest(filter, names), take };
      followers.add(follower);
      return () => followers.delete(follower);
    },
  };
}

/** The newest exchanges in `arrivals` (oldest first, each once) that meet the filter, newest first. */
export function scanArrivals(arrivals: readonly Arrival[], filter: TapFilter, limit: number, names: Names): Exchange[] {
  const test = rowTest(filter, names);
  const found: Exchange[] = [];
  for (let i = arrivals.length - 1; i >= 0 && found.length < limit; i--) {
    const arrival = arrivals[i] as Arrival;
    for (let row = arrival.rows - 1; row >= 0 && found.length < limit; row--) {
      if (test(arrival, row)) found.push(arrivedExchange(arrival, row, names));
    }
  }
  return found;
}
