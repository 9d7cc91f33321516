// What visitors did, from the traffic of entry services alone: taken from exchanges once it is known what they led to, held in
// memory for those who ask, and handed to the store so that it outlives the process. docs/privacy.md says what is in it.
import type { VisitTable } from "../../model/visits.ts";
import type { Arrival } from "../ingest/arrival.ts";
import type { Names } from "../names.ts";
import type { RouteNames } from "../routes/book.ts";
import { culprits } from "./culprits.ts";
import { type Visit, visitRows } from "./rows.ts";
import { sharedItems } from "./shared-items.ts";
import { taker } from "./take.ts";

export type VisitLimits = { readonly keptMs: number; readonly rows: number };

export type Visits = {
  readonly limits: VisitLimits;
  /** takes what is of visitors; its rows say whose calls they are */
  add(arrival: Arrival): void;
  /** not yet stored */
  take(): readonly Visit[];
  putBack(visits: readonly Visit[]): void;
  /** what an earlier process stored, oldest first */
  restore(visits: Iterable<Visit>): void;
  /** what is there of [fromMs, toMs) */
  table(fromMs: number, toMs: number): VisitTable;
  /** all that is known of whoever has one of these keys (16 hexadecimal digits) @returns his keys, and how many rows went */
  forget(keys: readonly string[]): { readonly keys: readonly string[]; readonly rows: number };
};

/** a stretch of rows goes as a whole */
const STRETCHES = 24;
/** that wait for a store that is away */
const MOST_UNSTORED = 200_000;

export type VisitsDeps = {
  readonly names: Names;
  readonly routes: RouteNames;
  /** ms since the epoch */
  readonly nowMs: () => number;
};

export function visits({ names, routes, nowMs }: VisitsDeps, limits: VisitLimits): Visits {
  const rows = visitRows(limits.keptMs / STRETCHES);
  const under = culprits(names);
  const taken = taker({ names, items: sharedItems(), culprit: under.of });
  let unstored: Visit[] = [];
  let revision = 0;
  let shed = 0;
  let optedOut = 0;

  const keep = (visit: Visit) => {
    rows.add(visit);
    revision++;
  };
  const tidy = () => {
    if (rows.dropBefore(nowMs() - limits.keptMs) > 0) revision++;
    while (rows.size > limits.rows) {
      shed += rows.dropOldest();
      revision++;
    }
  };

  return {
    limits,
    add(arrival) {
      under.see(arrival);
      const found = taken(arrival);
      optedOut += found.optedOut;
      for (const one of found.visits) {
        keep(one);
        unstored.push(one);
      }
      if (unstored.length > MOST_UNSTORED) unstored = unstored.slice(-MOST_UNSTORED);
      tidy();
    },
    take() {
      const now = unstored;
      unstored = [];
      return now;
    },
    putBack(visits) {
      unstored = [...visits, ...unstored].slice(-MOST_UNSTORED);
    },
    restore(stored) {
      for (const one of stored) keep(one);
      tidy();
    },
    table(fromMs, toMs) {
      const { chunks, places, servers, culprits, items } = rows;
      return {
        chunks: chunks.filter(({ rows, timesMs }) => rows > 0 && (timesMs[0] as number) < toMs + STRETCH_SLACK_MS),
        texts: {
          places: places.values.map(({ namespace, service, route }) => ({
            ...{ namespace, service, route: routes.today(namespace, service, route) },
          })),
          servers: servers.values,
          culprits: culprits.values,
          items: items.values,
        },
        ...{ fromMs, toMs, revision, shed, optedOut, sinceMs: chunks[0]?.timesMs[0] },
      };
    },
    forget(keys) {
      const wanted = connected(rows.chunks, keys);
      const isOne = (high: number, low: number) => wanted.has(hex(high, low));
      const gone = rows.forget(isOne);
      unstored = unstored.filter(({ visitor }) => !isOne(...visitor));
      revision++;
      return { keys: [...wanted], rows: gone };
    },
  };
}

/** rows come a little out of order */
const STRETCH_SLACK_MS = 60_000;

/** All keys of whoever has one of these: sessions that replaced each other, and keys of other days. */
function connected(chunks: ReturnType<typeof visitRows>["chunks"], keys: readonly string[]): Set<string> {
  const found = new Set(keys);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { joins, visitor0, visitor1 } of chunks) {
      for (const [row, [high, low]] of joins) {
        const pair = [hex(visitor0[row] as number, visitor1[row] as number), hex(high, low)];
        if (pair.some((key) => found.has(key))) for (const key of pair) found.add(key);
      }
    }
  }
  return found;
}

function hex(high: number, low: number): string {
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}
