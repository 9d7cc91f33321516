// The observatory as one value: telemetry in, answers out. No process, no port, no socket: main/ wires those.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { MeshError } from "../base/errors/index.ts";
import { systemRandom } from "../base/random.ts";
import type { Change } from "../model/change.ts";
import type { DeclaredJourney } from "../model/journey.ts";
import type { ProcessSample } from "../model/telemetry.ts";
import type { VisitTable, WhomToForget } from "../model/visits.ts";
import { type Lock, tryLock } from "../sys/lock.ts";
import { type Apps, apps } from "./apps/apps.ts";
import { changes } from "./changes/changes.ts";
import type { Arrival } from "./ingest/arrival.ts";
import { dedupe } from "./ingest/dedupe.ts";
import { type Intake, intake } from "./ingest/intake.ts";
import { recover } from "./ingest/recover.ts";
import { sides } from "./ingest/sides.ts";
import { exemplars } from "./live/exemplars.ts";
import { type Histograms, histograms } from "./live/histogram.ts";
import { history } from "./live/history.ts";
import { levels } from "./live/levels.ts";
import { liveFigures } from "./live/live.ts";
import { type Losses, losses } from "./live/losses.ts";
import { endsBook, seriesBook } from "./live/series.ts";
import { type FoundLogs, findLogs, type LogQuery } from "./logs/logs.ts";
import { peerNames } from "./names.ts";
import { type AccessLogSettings, accessLog } from "./out/access-log.ts";
import { type Exporter, exporter } from "./out/exporter.ts";
import type { OutSettings } from "./out/settings.ts";
import { type Queries, queries } from "./query/queries.ts";
import { recentExchanges } from "./query/recent.ts";
import { routeBook } from "./routes/book.ts";
import { type AskSql, sqlAsker } from "./sql/ask.ts";
import { type Backup, backups } from "./store/backup.ts";
import { duckdbStore } from "./store/duckdb.ts";
import { storeFile } from "./store/files.ts";
import { spool } from "./store/spool.ts";
import type { IncidentStore, Retention } from "./store/store.ts";
import { traces } from "./traces/traces.ts";
import { forgottenBook } from "./visits/forgotten.ts";
import { type KeptVisits, visits } from "./visits/visits.ts";

export type ObservatoryOptions = {
  /** the folder of what workloads print */
  readonly logs: string;
  /** where telemetry is sent; undefined: nowhere */
  readonly out?: OutSettings | undefined;
  /** where a line per exchange is written; undefined: nowhere */
  readonly accessLog?: AccessLogSettings | undefined;
  /** the folder of the store; made when missing */
  readonly directory: string;
  readonly retention: Retention;
  /** of DuckDB's caches and queries */
  readonly memoryLimitMb: number;
  /** requests of visitors that are held; of more the oldest go */
  readonly visitRows?: number;
  /** visitors are told apart */
  readonly isFollowing?: boolean;
  /** exchanges a second that are stored; of more a weighted sample */
  readonly keptPerSecond?: number | undefined;
  /** the program that answers SQL, see sql/ask.ts */
  readonly sqlProgram: string;
};

export type VisitorsKept = KeptVisits & { readonly retention: Retention; readonly isFollowing: boolean };

export type Observatory = {
  readonly intake: Intake;
  readonly queries: Queries;
  readonly histograms: Histograms;
  readonly losses: Losses;
  /** what applications say themselves */
  readonly apps: Apps;
  /** what was said in a window of time */
  logs(query: LogQuery): Promise<FoundLogs>;
  /** what is sent elsewhere; undefined: nothing is */
  readonly out: Exporter | undefined;
  readonly incidents: IncidentStore;
  /** one sentence when the store cannot be used now */
  readonly trouble: () => string | undefined;
  /** all processes of the mesh on this host, when somebody knows them */
  tellProcesses(processes: readonly ProcessSample[]): void;
  /** what visitors did in [fromUs, toUs) */
  visits(fromUs: number, toUs: number): VisitTable;
  /** journeys that the user declared */
  journeys(): readonly DeclaredJourney[];
  tellJourneys(journeys: readonly DeclaredJourney[]): void;
  /** nothing is known any more of these visitors, and of whoever they are known to be as well @returns how many requests that
   *  were. @throws MeshError store_failed */
  forget(whom: WhomToForget): Promise<number>;
  /** what is kept of visitors */
  visitorsKept(): VisitorsKept;
  /** a change that no agent sees, such as one of the configuration */
  tellChange(change: Change): void;
  /** @throws MeshError sql_refused, sql_overdue, sql_busy, store_failed */
  /** the whole store as it is now. @throws MeshError store_failed */
  readonly backup: () => Promise<Backup>;
  readonly sql: AskSql;
  /** writes what is in memory and lets the directory go */
  close(): Promise<void>;
};

export const DEFAULT_RETENTION: Retention = {
  spansUs: 3_600e6,
  rollupsUs: 30 * 86_400e6,
  visitsUs: 7 * 86_400e6,
  maxBytes: 1 << 30,
};
const DEFAULT_KEPT_PER_SECOND = 2_000;
export const DEFAULT_MEMORY_LIMIT_MB = 96;
/** some 100 MB */
export const DEFAULT_VISIT_ROWS = 2_000_000;

/** @throws MeshError store_busy, store_unwritable. A full disk or a broken file is no reason not to start */
export async function openObservatory(
  { clock, log }: { readonly clock: Clock; readonly log: (text: string) => void },
  options: ObservatoryOptions,
): Promise<Observatory> {
  const lock = hold(options.directory);
  const bootUs = clock.nowUs();
  const routes = routeBook();
  const names = peerNames(routes);
  const ends = endsBook();
  const book = seriesBook({ routeName: routes.nameOf });
  const live = liveFigures(bootUs / 1e6);
  const lost = losses();
  const level = levels();
  const counted = histograms();
  const cases = exemplars();
  const used = history();
  const recent = recentExchanges(names);
  const seen = dedupe();
  const changed = changes();
  const bothSides = sides(names, ends, book);
  const keptPerSecond = options.keptPerSecond ?? DEFAULT_KEPT_PER_SECOND;
  const { retention } = options;
  const nowMs = () => clock.nowUs() / 1000;
  const forgotten = forgottenBook(join(options.directory, "forgotten.json"), nowMs);
  const visited = visits(
    { names, routes, forgotten, nowMs },
    { keptMs: retention.visitsUs / 1000, rows: options.visitRows ?? DEFAULT_VISIT_ROWS },
  );
  let declared: readonly DeclaredJourney[] = [];
  const stitching = { clock, random: systemRandom(), names, losses: lost, keptPerSecond, linked: visited.add };
  const unstored = spool(join(options.directory, "spool"), clock, log);
  const store = duckdbStore({
    clock,
    log,
    names,
    routes,
    ends,
    book,
    live,
    losses: lost,
    dedupe: seen,
    recover: () =>
      recover(
        { ...stitching, keptPerSecond: Number.POSITIVE_INFINITY, sides: bothSides, routes, dedupe: seen },
        unstored.left(),
      ),
    changes: changed,
    visits: visited,
    recovered: unstored.forgetLeft,
    file: storeFile(options.directory),
    retention: options.retention,
    memoryLimitMb: options.memoryLimitMb,
  });
  try {
    await store.open();
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
  if (store.oldestUs() === undefined && !store.trouble()) live.nothingBefore();
  // the process before may have died over it, and what it had not stored is there again
  for (const one of forgotten.all()) {
    await store.forgetVisitors(one).catch((thrown) => log(`who was forgotten may be in the store again: ${thrown}`));
  }

  const out =
    options.out &&
    exporter(
      { clock, random: systemRandom(), names, histograms: counted, project: level.project, logs: options.logs },
      options.out,
    );
  const accesses = options.accessLog && accessLog({ names, log }, options.accessLog);
  const settled = (arrival: Arrival) => {
    for (let row = 0; row < arrival.rows; row++) cases.settle(arrival.batch.columns, row);
    store.add(arrival);
    out?.add(arrival);
    accesses?.add(arrival);
  };
  const stitched = traces({ ...stitching, settled });
  const told = apps({ clock, store });
  const doors = intake({
    clock,
    names,
    sides: bothSides,
    spool: unstored,
    book,
    routes,
    live,
    histograms: counted,
    exemplars: cases,
    levels: level,
    losses: lost,
    dedupe: seen,
    changes: changed,
    arrived(arrival) {
      recent.add(arrival);
      stitched.add(arrival);
    },
    sampled(sample) {
      used.add(sample.atUs, sample.looked);
      store.addSample(sample);
    },
  });

  return {
    intake: doors,
    histograms: counted,
    losses: lost,
    apps: told,
    logs: (query) => findLogs({ apps: told, folder: options.logs, project: level.project }, query),
    out,
    incidents: store.incidents,
    trouble: store.trouble,
    tellProcesses: level.tellProcesses,
    tellChange: changed.add,
    visits: (fromUs, toUs) => visited.table(fromUs / 1000, toUs / 1000),
    journeys: () => declared,
    tellJourneys(journeys) {
      declared = journeys;
    },
    visitorsKept: () => ({ ...visited.kept(), retention, isFollowing: options.isFollowing ?? true }),
    async forget(whom) {
      const held = visited.forget(whom);
      const stored = await store.forgetVisitors({ whom: held.whom, untilMs: nowMs() });
      const isMore = stored !== "everybody" && stored.length > held.whom.length;
      return held.rows + (isMore ? visited.forget(stored).rows : 0);
    },
    backup: backups(options.directory, store.snapshot),
    sql: sqlAsker({ clock, program: options.sqlProgram, directory: options.directory, snapshot: store.snapshot }),
    queries: queries({
      clock,
      live,
      levels: level,
      losses: lost,
      names,
      changes: changed,
      routes,
      history: used,
      recent,
      held: stitched.held,
      store,
      beganUs: () => Math.min(bootUs, store.oldestUs() ?? bootUs, doors.oldestUs() ?? bootUs),
      newestUs: doors.newestUs,
    }),
    async close() {
      doors.settle();
      stitched.finish();
      visited.finish();
      await told.settle();
      await out?.close();
      accesses?.close();
      await store.close();
      if (!store.trouble()) unstored.clear();
      lock.release();
    },
  };
}

function hold(directory: string): Lock {
  let lock: Lock | "held";
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    lock = tryLock(join(directory, "lock"));
  } catch (thrown) {
    throw new MeshError("store_unwritable", `${directory} (${thrown instanceof Error ? thrown.message : thrown})`, {
      cause: thrown,
    });
  }
  if (lock === "held") throw new MeshError("store_busy", directory);
  return lock;
}
