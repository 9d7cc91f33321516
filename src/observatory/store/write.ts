// Writes what has gathered, all in one transaction: after a crash the store has all of it or nothing.
import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import { DuckDBTimestampValue } from "@duckdb/node-api";
import type { Change } from "../../model/change.ts";
import { RESOURCE_NAMES } from "../../model/resources.ts";
import { type Arrival, oldestOf } from "../ingest/arrival.ts";
import type { ClosedPeriod } from "../live/live.ts";
import type { Loss } from "../live/losses.ts";
import type { ToldRoute } from "../routes/book.ts";
import type { Visit } from "../visits/rows.ts";
import type { ErrorIds, StoredCode } from "./error-ids.ts";
import type { PeerIds, StoredPeer } from "./peer-ids.ts";
import { appendRollup } from "./rollup-rows.ts";
import type { RuleNames, StoredRule } from "./rule-names.ts";
import type { SeriesIds, StoredSeries } from "./series-ids.ts";
import type { Sheet } from "./sheet.ts";
import type { Shelf, Shelves } from "./shelves.ts";
import type { StoredSample } from "./store.ts";
import { TIERS, type Tier } from "./tiers.ts";
import type { ToldRoutes } from "./told-routes.ts";
import { appendVisits } from "./visit-rows.ts";

export type Work = {
  readonly arrivals: readonly Arrival[];
  readonly closed: readonly ClosedPeriod[];
  readonly samples: readonly StoredSample[];
  readonly losses: readonly Loss[];
  readonly changes: readonly Change[];
  readonly visits: readonly Visit[];
  readonly lossCounters: ReadonlyMap<string, { readonly ring: number; readonly upload: number }>;
};

export type WriteDeps = {
  readonly connection: DuckDBConnection;
  readonly shelves: Shelves;
  readonly sheet: Sheet;
  readonly errorIds: ErrorIds;
  readonly peerIds: PeerIds;
  readonly ruleNames: RuleNames;
  readonly toldRoutes: ToldRoutes;
  readonly seriesIds: SeriesIds;
};

/** Throws what DuckDB throws; then nothing was written. */
export async function write(deps: WriteDeps, work: Work, nowUs: number): Promise<void> {
  const { connection, shelves } = deps;
  const shelf = {
    exchanges: work.arrivals.length > 0 ? await shelves.current("exchanges", nowUs) : undefined,
    samples: work.samples.length > 0 ? await shelves.current("samples", nowUs) : undefined,
    visits: work.visits.length > 0 ? await shelves.current("visits", nowUs) : undefined,
  };
  const rollups: { readonly table: string; readonly periods: readonly ClosedPeriod[] }[] = [];
  for (const tier of TIERS) {
    const periods = lateFor(tier, shelves, work.closed);
    if (periods.length > 0) rollups.push({ table: (await shelves.current(tier.kind, nowUs)).table, periods });
  }
  const { seriesIds } = deps;
  for (const { cells } of work.closed) for (const one of cells.keys()) seriesIds.idOf(one);

  const appended = async (table: string, append: (to: DuckDBAppender) => void) => {
    const appender = await connection.createAppender(table);
    append(appender);
    appender.flushSync();
    appender.closeSync();
  };

  await connection.run("BEGIN");
  const codes = deps.errorIds.missing();
  const peers = deps.peerIds.missing();
  const rules = deps.ruleNames.missing();
  const routes = deps.toldRoutes.missing();
  const series = seriesIds.missing();
  const ids = { errors: deps.errorIds.byNumber(), peers: deps.peerIds.byPeer() };
  try {
    if (peers.length > 0) await appended("peers", (to) => appendPeers(to, peers));
    if (rules.length > 0) await appended("rules", (to) => appendRules(to, rules));
    if (routes.length > 0) await appended("routes", (to) => appendRoutes(to, routes));
    if (codes.length > 0) await appended("error_codes", (to) => appendCodes(to, codes));
    if (shelf.exchanges) {
      await appended(shelf.exchanges.table, (to) => {
        for (const arrival of work.arrivals) deps.sheet.append(to, arrival, ids);
      });
      await appended("batches", (to) => appendBatches(to, work.arrivals));
    }
    if (series.length > 0) await appended("series", (to) => appendSeries(to, series));
    for (const { table, periods } of rollups) {
      await appended(table, (to) => {
        for (const { start, cells } of periods) {
          for (const [one, cell] of cells) appendRollup(to, start, seriesIds.idOf(one), cell);
        }
      });
    }
    if (shelf.samples) await appended(shelf.samples.table, (to) => appendSamples(to, work.samples));
    if (shelf.visits) await appended(shelf.visits.table, (to) => appendVisits(to, work.visits));
    if (work.losses.length > 0) {
      await appended("losses", (to) => appendLosses(to, work.losses));
    }
    if (work.changes.length > 0) await appended("changes", (to) => appendChanges(to, work.changes));
    if (work.losses.length > 0 || work.lossCounters.size > 0) {
      await connection.run("DELETE FROM loss_counters");
      await appended("loss_counters", (to) => appendCounters(to, work.lossCounters));
    }
    await connection.run("COMMIT");
  } catch (thrown) {
    await connection.run("ROLLBACK").catch(() => {}); // COMMIT failed: it is rolled back already
    throw thrown;
  }
  deps.errorIds.stored(codes);
  deps.peerIds.stored(peers);
  deps.ruleNames.stored(rules);
  deps.toldRoutes.stored(routes);
  seriesIds.stored(series);
  if (shelf.visits) shelf.visits.rows += work.visits.length;
  for (const arrival of work.arrivals) if (shelf.exchanges) tookIn(shelf.exchanges, arrival);
}

function tookIn(to: Shelf, arrival: Arrival): void {
  const { beganUs, cameUs } = to.seen ?? { beganUs: Number.POSITIVE_INFINITY, cameUs: 0 };
  to.rows += arrival.rows;
  to.seen = {
    beganUs: Math.min(beganUs, oldestOf(arrival)),
    cameUs: Math.max(cameUs, arrival.ordinal + arrival.rows),
  };
}

function appendTime(to: DuckDBAppender, atUs: number): void {
  to.appendTimestamp(new DuckDBTimestampValue(BigInt(Math.floor(atUs))));
}

function appendPeers(to: DuckDBAppender, peers: readonly StoredPeer[]): void {
  for (const peer of peers) {
    to.appendUInteger(peer.stored);
    to.appendUInteger(peer.key);
    to.appendVarchar(peer.namespace);
    to.appendVarchar(peer.service);
    to.appendVarchar(peer.workload);
    to.appendVarchar(peer.version);
    to.endRow();
  }
}

function appendRules(to: DuckDBAppender, rules: readonly StoredRule[]): void {
  for (const [key, { name, countedAs = "" }] of rules) {
    to.appendUInteger(key);
    to.appendVarchar(name);
    to.appendVarchar(countedAs);
    to.endRow();
  }
}

function appendRoutes(to: DuckDBAppender, routes: readonly ToldRoute[]): void {
  for (const { namespace, service, name, folded } of routes) {
    for (const text of [namespace, service, name, folded]) to.appendVarchar(text);
    to.endRow();
  }
}

function appendCodes(to: DuckDBAppender, codes: readonly StoredCode[]): void {
  for (const { id, code } of codes) {
    to.appendUSmallInt(id);
    to.appendVarchar(code);
    to.endRow();
  }
}

function appendBatches(to: DuckDBAppender, arrivals: readonly Arrival[]): void {
  for (const { id, receivedUs } of arrivals) {
    appendTime(to, receivedUs);
    to.appendVarchar(id.agent);
    to.appendDouble(id.sequence);
    to.appendVarchar(id.hash);
    to.endRow();
  }
}

function appendSeries(to: DuckDBAppender, series: readonly StoredSeries[]): void {
  for (const one of series) {
    to.appendUInteger(one.id);
    to.appendVarchar(one.source);
    to.appendVarchar(one.sourceNamespace);
    to.appendVarchar(one.destination);
    to.appendVarchar(one.destinationNamespace);
    to.appendUSmallInt(one.port);
    to.appendVarchar(one.protocol);
    to.appendVarchar(one.route);
    to.appendVarchar(one.method);
    to.appendVarchar(one.version);
    to.appendUTinyInt(one.statusClass);
    to.appendVarchar(one.error);
    to.endRow();
  }
}

/** What came too late to be made into coarser rows is added to those of its time. */
function lateFor({ kind, seconds }: Tier, shelves: Shelves, closed: readonly ClosedPeriod[]): ClosedPeriod[] {
  if (kind === "tens") return [...closed];
  const { until } = shelves.spans()[kind];
  return closed
    .filter(({ start }) => start < until)
    .map(({ start, cells }) => ({ start: start - (start % seconds), cells }));
}

function appendSamples(to: DuckDBAppender, samples: readonly StoredSample[]): void {
  const optional = (value: number | undefined) => {
    if (value === undefined) to.appendNull();
    else to.appendDouble(value);
  };
  for (const { project, looked } of samples) {
    for (const one of looked) {
      appendTime(to, one.atUs);
      to.appendVarchar(project);
      to.appendVarchar(one.service);
      to.appendVarchar(one.workload);
      to.appendVarchar(one.version);
      to.appendUTinyInt(one.isReady ? 1 : 0);
      to.appendUInteger(Math.min(Math.floor(one.connections), 0xffffffff));
      for (const name of RESOURCE_NAMES) optional(one.used[name]);
      to.endRow();
    }
  }
}

function appendLosses(to: DuckDBAppender, losses: readonly Loss[]): void {
  for (const { atUs, reason, spans } of losses) {
    appendTime(to, atUs);
    to.appendVarchar(reason);
    to.appendDouble(spans);
    to.endRow();
  }
}

function appendChanges(to: DuckDBAppender, changes: readonly Change[]): void {
  for (const { atUs, kind, namespace, service, workload, version, text } of changes) {
    appendTime(to, atUs);
    for (const one of [kind, namespace, service, workload, version, text]) to.appendVarchar(one);
    to.endRow();
  }
}

function appendCounters(to: DuckDBAppender, counters: Work["lossCounters"]): void {
  for (const [agent, { ring, upload }] of counters) {
    to.appendVarchar(agent);
    to.appendDouble(ring);
    to.appendDouble(upload);
    to.endRow();
  }
}
