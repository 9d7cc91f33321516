// What visitors did, from the traffic of entry services alone: taken from exchanges once it is known what they led to, held in
// memory for those who ask, and handed to the store so that it outlives the process. docs/privacy.md says what is in it.
import { hexWords } from "../../base/hex.ts";
import type { VisitTable, WhomToForget } from "../../model/visits.ts";
import type { Arrival } from "../ingest/arrival.ts";
import type { Names } from "../names.ts";
import type { RouteNames } from "../routes/book.ts";
import { culprits } from "./culprits.ts";
import type { ForgottenBook } from "./forgotten.ts";
import { type Visit, visitRows } from "./rows.ts";
import { sharedItems } from "./shared-items.ts";
import { type BrokenOff, taker } from "./take.ts";

export type KeptVisits = {
  readonly requests: number;
  /** ms since the epoch; undefined: there are none */
  readonly sinceMs: number | undefined;
  /** so many at most */
  readonly mostRequests: number;
  /** things that paths name and enough visitors share */
  readonly items: number;
};

export type VisitLimits = { readonly keptMs: number; readonly rows: number };

export type Visits = {
  readonly limits: VisitLimits;
  /** takes what is of visitors; its rows say whose calls they are */
  add(arrival: Arrival): void;
  /** not yet stored */
  take(): readonly Visit[];
  putBack(visits: readonly Visit[]): void;
  /** nothing more comes: what is known by now has to do */
  finish(): void;
  /** what an earlier process stored, oldest first */
  restore(visits: Iterable<Visit>): void;
  /** what is there of [fromMs, toMs) */
  table(fromMs: number, toMs: number): VisitTable;
  kept(): KeptVisits;
  /** all that is known of these and of whoever they are known to be as well @returns all of them, and how many rows went.
   *  Throws when it cannot be written down who that is */
  forget(whom: WhomToForget): { readonly whom: WhomToForget; readonly rows: number };
};

/** a stretch of rows goes as a whole */
const STRETCHES = 24;
/** what was begun for a visitor who went away ends so much later, or is known so much later, than what waited for it */
const AFTERWARDS_MS = 10_000;
/** visitors who went away of whom it is not yet known what they waited for */
const MOST_BROKEN_OFF = 10_000;
/** that wait for a store that is away */
const MOST_UNSTORED = 200_000;

export type VisitsDeps = {
  readonly names: Names;
  readonly routes: RouteNames;
  readonly forgotten: ForgottenBook;
  /** ms since the epoch */
  readonly nowMs: () => number;
};

export function visits({ names, routes, forgotten, nowMs }: VisitsDeps, limits: VisitLimits): Visits {
  const rows = visitRows(limits.keptMs / STRETCHES);
  const under = culprits(names);
  const taken = taker({ names, items: sharedItems(), culprit: under.of });
  let unstored: Visit[] = [];
  let brokenOff: (BrokenOff & { readonly dueMs: number })[] = [];
  let revision = 0;
  let forgettings = 0;
  let shed = 0;
  let optedOut = 0;
  const isForgotten = ({ visitor, atMs }: Visit) => forgotten.has(() => hexWords(...visitor), atMs);

  const keep = (visit: Visit) => {
    rows.add(visit);
    revision++;
  };
  const keepNew = (visit: Visit) => {
    if (isForgotten(visit)) return;
    keep(visit);
    unstored.push(visit);
  };
  const judge = (isDue: (one: { readonly dueMs: number }, at: number) => boolean) => {
    const first = brokenOff.findIndex((one, at) => !isDue(one, at));
    const due = brokenOff.splice(0, first < 0 ? brokenOff.length : first);
    for (const { visit, culprit } of due) keepNew({ ...visit, culprit: culprit() });
  };
  const judgeDue = () => {
    const tooMany = brokenOff.length - MOST_BROKEN_OFF;
    judge(({ dueMs }, at) => dueMs <= nowMs() || at < tooMany);
  };
  const tidy = () => {
    forgotten.tidy();
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
      found.visits.forEach(keepNew);
      brokenOff.push(...found.brokenOff.map((one) => ({ ...one, dueMs: nowMs() + AFTERWARDS_MS })));
      judgeDue();
      if (unstored.length > MOST_UNSTORED) unstored = unstored.slice(-MOST_UNSTORED);
      tidy();
    },
    take() {
      judgeDue();
      const now = unstored;
      unstored = [];
      return now;
    },
    finish: () => judge(() => true),
    putBack(visits) {
      unstored = [...visits, ...unstored].slice(-MOST_UNSTORED);
    },
    restore(stored) {
      for (const one of stored) if (!isForgotten(one)) keep(one);
      tidy();
    },
    table(fromMs, toMs) {
      judgeDue();
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
        ...{ fromMs, toMs, revision, forgotten: forgettings, shed, optedOut, sinceMs: chunks[0]?.timesMs[0] },
      };
    },
    kept: () => ({
      requests: rows.size,
      sinceMs: rows.chunks.find((one) => one.rows > 0)?.timesMs[0],
      mostRequests: limits.rows,
      items: rows.items.values.length - 1,
    }),
    forget(whom) {
      const wanted = whom === "everybody" ? undefined : connected(rows.chunks, whom);
      const isOne = (high: number, low: number) => wanted?.has(hexWords(high, low)) ?? true;
      const gone = rows.forget(isOne);
      unstored = unstored.filter(({ visitor }) => !isOne(...visitor));
      brokenOff = brokenOff.filter(({ visit }) => !isOne(...visit.visitor));
      revision++;
      forgettings++;
      const all = wanted ? [...wanted] : ("everybody" as const);
      forgotten.add(all);
      return { whom: all, rows: gone };
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
    for (const { rows, joins0, joins1, visitor0, visitor1 } of chunks) {
      for (let row = 0; row < rows; row++) {
        if (joins0[row] === 0 && joins1[row] === 0) continue;
        const pair = [
          hexWords(visitor0[row] as number, visitor1[row] as number),
          hexWords(joins0[row] as number, joins1[row] as number),
        ];
        if (pair.some((key) => found.has(key))) for (const key of pair) found.add(key);
      }
    }
  }
  return found;
}
