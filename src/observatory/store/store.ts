// What the observatory asks of its store, whatever engine keeps it: this is all that others know of it. Questions are few and
// have names, and none shows how it is answered. `duckdb.ts` implements it on one machine.
import type { Looked } from "../../model/looked.ts";
import type { WhomToForget } from "../../model/visits.ts";
import type { AppLog, LogFilter } from "../apps/logs.ts";
import type { AppSpan } from "../apps/spans.ts";
import type { Arrival } from "../ingest/arrival.ts";
import type { Cell, Cells } from "../live/cell.ts";
import type { Readings } from "../live/history.ts";
import type { Series } from "../live/series.ts";
import type { TapFilter } from "../query/condition.ts";
import type { Exchange } from "../query/exchange.ts";
import type { SeriesOf } from "../query/series-of.ts";
import type { Forgotten } from "../visits/forgotten.ts";

export type Store = {
  /** throws only what another try cannot mend (store_busy, store_unwritable) */
  open(): Promise<void>;
  add(arrival: Arrival): void;
  addSample(sample: StoredSample): void;
  /** adds the stored figures of the periods, and calls `also` before anything else can be written */
  rollups(cells: Cells, periods: Periods, also: () => void): Promise<void>;
  /** the same over time, of one service or pair, or of all */
  series(of: SeriesOf, periods: Steps, take: TakeCell, also: () => void): Promise<void>;
  /** how much there was of all series over time; how durations are spread is not read */
  counts(periods: Steps, take: TakeCounted, also: () => void): Promise<void>;
  /** seconds of the finest period that the store has for that time (seconds since the epoch) */
  grainAt(atS: number): number;
  /** what the workloads of a service used in [fromUs, toUs) */
  readings(service: string, fromUs: number, toUs: number): Promise<Readings[]>;
  /** exchanges that meet the filter, newest first: `scan` looks at those not written yet, and says what else to look for */
  exchanges(filter: TapFilter, scan: (waiting: readonly Arrival[]) => Scanned): Promise<FoundExchanges>;
  /** what applications say themselves */
  readonly apps: AppStore;
  readonly incidents: IncidentStore;
  /** µs since the epoch of the oldest figures an earlier process left; undefined: there are none */
  oldestUs(): number | undefined;
  /** why it cannot be used now, in one sentence; undefined: all is well */
  trouble(): string | undefined;
  /** nothing of these visitors is stored any more. @throws MeshError store_failed */
  forgetVisitors(one: Forgotten): Promise<WhomToForget>;
  /** copies all that is stored to a new file. @throws MeshError store_failed */
  snapshot(path: string): Promise<void>;
  /** writes everything, open periods too, and lets go of what is open */
  close(): Promise<void>;
};

/** Periods that start in [from, to()), seconds since the epoch; the end is asked for when the lane is ours. */
export type Periods = { readonly from: number; readonly to: () => number };
/** What is of the same step is added up; those of `stepS` seconds are aligned to the epoch. */
export type Steps = Periods & { readonly stepS: number };

/** What was found in memory, newest first, and which exchanges the store is to look through: lower ordinals only. */
export type Scanned = { readonly found: readonly Exchange[]; readonly before: number; readonly limit: number };

export type FoundExchanges = {
  readonly rows: readonly Exchange[];
  /** what came before this was not looked at, because the search had taken long enough; µs since the epoch */
  readonly cameFromUs?: number;
};

/** Takes what a series had in a period that starts at so many seconds since the epoch. */
export type TakeCell = (startS: number, series: Series, cell: Cell) => void;

/** `timed` are those of the requests that `durationUs` is the sum of. */
export type Counted = Pick<Cell, "requests" | "durationUs"> & { readonly timed: number };
export type TakeCounted = (startS: number, series: Series, counted: Counted) => void;

export type StoredSample = {
  readonly atUs: number;
  readonly project: string;
  readonly looked: readonly Looked[];
};

export type AppRows = { readonly spans: readonly AppSpan[]; readonly logs: readonly AppLog[] };

/** Spans and log records of applications. What waits to be written is asked for when nothing can be written, so that each row is
 *  found once. */
export type AppStore = {
  /** all or nothing; `written` is called before anybody can read. @returns false: the store cannot be used now */
  write(rows: AppRows, written: () => void): Promise<boolean>;
  /** those whose trace, or whose parent, is one of these ids (hex digits), oldest first, and those that wait */
  spans(of: "trace" | "parent", ids: readonly string[], limit: number, waiting: () => AppSpan[]): Promise<AppSpan[]>;
  /** newest first, and those that wait */
  logs(filter: LogFilter, waiting: () => AppLog[]): Promise<AppLog[]>;
};

export type StoredIncident = {
  readonly id: string;
  /** µs since the epoch */
  readonly openedUs: number;
  /** JSON */
  readonly document: string;
};

export type IncidentStore = {
  /** newest first; undefined: the store cannot be used now */
  read(): Promise<readonly StoredIncident[] | undefined>;
  /** those of the same id are replaced; false: the store cannot be used now */
  write(incidents: readonly StoredIncident[]): Promise<boolean>;
};

export type Retention = {
  readonly spansUs: number;
  /** of figures; the finer ones are dropped sooner */
  readonly rollupsUs: number;
  /** of what visitors did */
  readonly visitsUs: number;
  readonly maxBytes: number;
};
