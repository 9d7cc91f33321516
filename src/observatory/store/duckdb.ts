// The store as one DuckDB file: what came in is queued and written each second; questions about the past are read from it.
// When the disk is full or the file breaks, the queue is bounded, answers say what is missing, and it is tried again.
import { constants, statSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import type { Clock, Timer } from "../../base/clock.ts";
import { MeshError } from "../../base/errors/index.ts";
import type { Changes } from "../changes/changes.ts";
import { type Arrival, oldestOf } from "../ingest/arrival.ts";
import type { Dedupe } from "../ingest/dedupe.ts";
import { type Live, PERIOD_S } from "../live/live.ts";
import type { Losses } from "../live/losses.ts";
import type { Ends, SeriesBook } from "../live/series.ts";
import type { Names } from "../names.ts";
import type { RouteBook } from "../routes/book.ts";
import type { Visits } from "../visits/visits.ts";
import { appStore } from "./app-rows.ts";
import type { Beside } from "./beside.ts";
import { compact } from "./compact.ts";
import { isMeant, sqlCondition } from "./exchange-condition.ts";
import { incidentStore } from "./incidents.ts";
import { lane } from "./lane.ts";
import { type Database, diagnose, openDatabase } from "./open.ts";
import { type Read, readExchanges } from "./read-exchanges.ts";
import { readReadings } from "./read-readings.ts";
import { readCounts, readRollups, readSeries } from "./read-rollups.ts";
import { mendRollups, type Restored, restore } from "./restore.ts";
import { exchangeSheet, type Sheet } from "./sheet.ts";
import { openShelves, type Shelves } from "./shelves.ts";
import type { Retention, Store, StoredSample } from "./store.ts";
import { grainAt } from "./tiers.ts";
import { forgetVisits, readVisits } from "./visit-rows.ts";
import { type Work, write } from "./write.ts";

export type StoreDeps = {
  readonly clock: Clock;
  readonly log: (text: string) => void;
  readonly file: string;
  readonly retention: Retention;
  readonly memoryLimitMb: number;
  readonly names: Names;
  readonly routes: RouteBook;
  readonly ends: Ends;
  readonly book: SeriesBook;
  readonly live: Live;
  readonly losses: Losses;
  readonly dedupe: Dedupe;
  readonly changes: Pick<Changes, "take" | "putBack" | "restore">;
  readonly visits: Pick<Visits, "take" | "putBack" | "restore" | "limits">;
  /** exchanges that an earlier process did not come to store; names and batches are restored by then */
  readonly recover: () => readonly Arrival[];
  /** they are stored */
  readonly recovered: () => void;
};

type Opened = Database &
  Pick<Restored, "peerIds" | "errorIds" | "ruleNames" | "toldRoutes" | "seriesIds"> & {
    readonly shelves: Shelves;
    readonly sheet: Sheet;
  };

const WRITE_EVERY_MS = 1_000;
const RETRY_MS = 5_000;
/** after its end a period waits this long for spans that are still on their way */
const GRACE_S = 3;
/** exchanges that wait while the store is away: some 40 MB */
const MOST_WAITING = 150_000;
const PRUNE_EVERY_US = 20e6;
/** compacting gives way to the next write, and to who asks, after this time */
const COMPACT_MS = 100;
const FORGET_SERIES_S = 3600;
/** a search goes back in time for so long; who waits for an answer wants what was found by then */
const SEARCH_MS = 500;

const NO_WORK: Work = {
  arrivals: [],
  closed: [],
  samples: [],
  losses: [],
  changes: [],
  visits: [],
  lossCounters: new Map(),
};

export function duckdbStore(deps: StoreDeps): Store {
  const { clock, live, losses, log } = deps;
  const inLane = lane();
  let opened: Opened | undefined;
  let trouble: MeshError | undefined;
  let isClosed = false;
  let hasRestored = false;
  let oldestUs: number | undefined;

  let arrivals: Arrival[] = [];
  let waiting = 0;
  let samples: StoredSample[] = [];
  let prunedUs = 0;
  /** coarser rollups are to be made of more than was done */
  let isBehind = false;
  let timer: (Timer & { readonly dueMs: number }) | undefined;

  const openFile = async (): Promise<Opened> => {
    const database = await openDatabase({ ...deps, nowUs: clock.nowUs });
    try {
      const shelves = await openShelves(database.connection, deps.retention, clock.nowUs());
      const restored = await restore(database.connection, shelves, deps);
      const { peerIds, errorIds, ruleNames, toldRoutes, seriesIds } = restored;
      const ids = { peerIds, errorIds, ruleNames, toldRoutes, seriesIds };
      const now = { ...database, shelves, ...ids, sheet: exchangeSheet() };
      if (!hasRestored) await takeUp(now, restored);
      return now;
    } catch (thrown) {
      database.instance.closeSync();
      throw thrown;
    }
  };

  /** Once: when the file is opened again later, this process knows all of it. */
  const takeUp = async (now: Opened, restored: Restored) => {
    for (const id of restored.batches) deps.dedupe.isNew(id);
    losses.restore(restored.losses, restored.lossCounters);
    deps.changes.restore(restored.changes);
    await readVisits(now.connection, now.shelves, deps.visits.limits.rows, deps.visits.restore);
    oldestUs = restored.oldestUs;
    const left = deps.recover();
    if (left.length > 0) {
      await write(now, { ...NO_WORK, arrivals: left, visits: deps.visits.take() }, clock.nowUs());
      for (const arrival of left) oldestUs = Math.min(oldestUs ?? arrival.receivedUs, oldestOf(arrival));
      log(`store: ${rowsOf(left)} exchanges were taken up that were not stored when the observatory ended`);
    }
    deps.recovered();
    const mended = await mendRollups({ ...deps, ...now });
    if (mended > 0) log(`store: counted ${mended} periods anew that were cut off when the observatory ended`);
    hasRestored = true;
  };

  const tryOpen = async (): Promise<Opened | undefined> => {
    try {
      opened ??= await openFile();
    } catch (thrown) {
      fail(thrown);
    }
    return opened;
  };

  const fail = (thrown: unknown) => {
    const error = diagnose(thrown);
    const known =
      error.code === "store_moved_aside" ? new MeshError("store_failed", error.message, { cause: thrown }) : error;
    if (trouble?.message !== known.message) log(`store: ${known.sentence}`);
    trouble = known;
    // a fatal error leaves DuckDB unusable until the file is opened again
    if (/FATAL|invalidated|INTERNAL/.test(known.message)) closeFile();
  };

  const closeFile = () => {
    try {
      opened?.connection.closeSync();
      opened?.instance.closeSync();
    } catch (thrown) {
      log(`store: closing failed: ${String(thrown)}`);
    }
    opened = undefined;
  };

  const flush = async (closedBeforeS: number) => {
    const now = await tryOpen();
    const nowUs = clock.nowUs();
    const unstored = live.trim(nowUs / 1e6);
    if (unstored > 0) losses.add({ atUs: nowUs, reason: "memory", spans: unstored });
    if (!now) return;

    const taken = { arrivals, samples };
    arrivals = [];
    samples = [];
    const lost = losses.take();
    const changed = deps.changes.take();
    const visits = deps.visits.take();
    const work = {
      ...taken,
      closed: live.takeClosed(closedBeforeS),
      losses: lost,
      changes: changed,
      visits,
      lossCounters: taken.samples.length > 0 || lost.length > 0 ? losses.counters() : new Map(),
    };
    try {
      await write(now, work, nowUs);
      live.settle(true);
      waiting -= rowsOf(taken.arrivals);
      if (trouble) log("store: works again");
      trouble = undefined;
    } catch (thrown) {
      live.settle(false);
      losses.putBack(lost);
      deps.changes.putBack(changed);
      deps.visits.putBack(visits);
      arrivals = [...taken.arrivals, ...arrivals];
      samples = [...taken.samples, ...samples].slice(-100);
      fail(thrown);
      return;
    }
    await tidy(now, Math.min(closedBeforeS, nowUs / 1e6 - GRACE_S), nowUs);
  };

  /** What can wait: coarser rollups, forgetting. */
  const tidy = async (now: Opened, writtenS: number, nowUs: number) => {
    try {
      const untilMs = clock.monotonicMs() + COMPACT_MS;
      do isBehind = await compact(now, writtenS, nowUs);
      while (isBehind && clock.monotonicMs() <= untilMs);
    } catch (thrown) {
      fail(thrown);
    }
    await prune(now, nowUs);
  };

  const prune = async (now: Opened, nowUs: number) => {
    if (nowUs - prunedUs < PRUNE_EVERY_US) return;
    prunedUs = nowUs;
    deps.book.forget(nowUs / 1e6 - FORGET_SERIES_S);
    try {
      await now.shelves.prune(nowUs, () => usedBytes(now, deps.file));
    } catch (thrown) {
      fail(thrown);
    }
  };

  const closedBefore = () => clock.nowUs() / 1e6 - GRACE_S;

  const arm = (ms: number) => {
    const dueMs = clock.monotonicMs() + ms;
    if (isClosed || (timer && timer.dueMs <= dueMs)) return;
    timer?.cancel();
    const { cancel } = clock.after(ms, () => {
      timer = undefined;
      inLane(() => flush(closedBefore()))
        .catch((thrown) => log(`store: ${String(thrown)}`))
        .finally(() => {
          if (arrivals.length + samples.length > 0) wake();
          else if (isBehind && !trouble) arm(0);
          else if (live.hasOpen()) arm(untilNextPeriod());
        });
    });
    timer = { cancel, dueMs };
  };
  const wake = () => arm(trouble ? RETRY_MS : WRITE_EVERY_MS);
  const untilNextPeriod = () => {
    const intoS = (clock.nowUs() / 1e6 - GRACE_S) % PERIOD_S;
    return (PERIOD_S - intoS) * 1000 + 10;
  };

  /** What is read of a store that works; `otherwise` of one that does not. */
  const read = async <Result>(otherwise: Result, act: (now: Opened) => Promise<Result>): Promise<Result> => {
    try {
      return opened ? await act(opened) : otherwise;
    } catch (thrown) {
      fail(thrown);
      return otherwise;
    }
  };

  const beside: Beside = (act) =>
    inLane(async () => {
      await tryOpen();
      return await read(undefined, act);
    });

  return {
    async open() {
      await inLane(tryOpen);
      if (trouble?.code === "store_busy" || trouble?.code === "store_unwritable") throw trouble;
      if (live.hasOpen()) wake();
    },
    add(arrival) {
      arrivals.push(arrival);
      waiting += arrival.rows;
      while (waiting > MOST_WAITING && arrivals.length > 1) {
        const dropped = arrivals.shift() as Arrival;
        waiting -= dropped.rows;
        losses.add({ atUs: dropped.receivedUs, reason: "store", spans: dropped.rows });
      }
      wake();
    },
    addSample(sample) {
      samples.push(sample);
      wake();
    },
    rollups: (cells, { from, to }, also) =>
      inLane(async () => {
        await read(undefined, (now) => readRollups(now, cells, { from, to: to() }));
        also();
      }),
    series: (of, { from, to, stepS }, take, also) =>
      inLane(async () => {
        await read(undefined, (now) => readSeries(now, of, { from, to: to(), stepS }, take));
        also();
      }),
    counts: ({ from, to, stepS }, take, also) =>
      inLane(async () => {
        await read(undefined, (now) => readCounts(now, { from, to: to(), stepS }, take));
        also();
      }),
    grainAt: (atS) => (opened ? grainAt(opened.shelves.spans(), atS) : PERIOD_S),
    readings: (service, fromUs, toUs) =>
      inLane(() => read([], ({ connection, shelves }) => readReadings(connection, shelves, service, fromUs, toUs))),
    exchanges: (filter, scan) =>
      inLane(async () => {
        const { found, before, limit } = scan(arrivals);
        if (limit <= 0) return { rows: found };
        const stored = await read<Read>({ rows: [] }, (now) => {
          const ids = { peers: now.peerIds.idsOf, error: now.errorIds.idOf, rules: deps.names.rulesOf };
          const isIt = isMeant(filter);
          const condition = sqlCondition(filter, ids);
          const untilMs = clock.monotonicMs() + SEARCH_MS;
          // a trace is found, wherever it is
          const mayGoOn = () => condition.anyOf.length > 0 || clock.monotonicMs() < untilMs;
          return readExchanges({ ...now, names: deps.names }, condition, { before, limit, isIt, mayGoOn });
        });
        return {
          rows: [...found, ...stored.rows],
          ...(stored.from !== undefined && { cameFromUs: stored.from }), // ordinals are times, see ingest/intake.ts
        };
      }),
    apps: appStore(beside, clock.nowUs),
    incidents: incidentStore(beside),
    oldestUs: () => oldestUs,
    trouble: () => trouble?.sentence,
    forgetVisitors: (one) =>
      inLane(async () => {
        try {
          const now = await tryOpen();
          if (!now) throw trouble ?? new MeshError("store_failed", "it is not open");
          return await forgetVisits(now.connection, now.shelves, one);
        } catch (thrown) {
          throw diagnose(thrown);
        }
      }),
    snapshot: (path) =>
      inLane(async () => {
        await flush(closedBefore());
        if (!opened || trouble) throw trouble ?? new MeshError("store_failed", "it is not open");
        try {
          await opened.connection.run("CHECKPOINT"); // nothing is left beside the file
          await copyFile(deps.file, path, constants.COPYFILE_FICLONE);
        } catch (thrown) {
          throw new MeshError("store_failed", `it could not be copied (${String(thrown)})`, { cause: thrown });
        }
      }),
    async close() {
      timer?.cancel();
      isClosed = true;
      await inLane(async () => {
        await flush(Number.POSITIVE_INFINITY);
        closeFile();
      });
    },
  };
}

function rowsOf(arrivals: readonly Arrival[]): number {
  return arrivals.reduce((sum, arrival) => sum + arrival.rows, 0);
}

/** Bytes in use; freed blocks inside the file are used again and do not count. */
async function usedBytes({ connection }: Database, file: string): Promise<number> {
  const read = await connection.runAndReadAll("SELECT block_size * used_blocks FROM pragma_database_size()");
  const wal = statSync(`${file}.wal`, { throwIfNoEntry: false })?.size ?? 0;
  return Number(read.getRows()[0]?.[0] ?? 0) + wal;
}
