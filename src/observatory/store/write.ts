// Writes what has gathered, all in one transaction: after a crash the store has all of it or nothing.
import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import { DuckDBTimestampValue } from "@duckdb/node-api";
import { encodeSketch } from "../../base/sketch.bytes.ts";
import { isReady } from "../../model/readiness.ts";
import { RESOURCE_NAMES } from "../../model/resources.ts";
import type { WorkloadSample } from "../../model/telemetry.ts";
import type { Arrival } from "../ingest/arrival.ts";
import type { ClosedPeriod } from "../live/live.ts";
import type { Loss } from "../live/losses.ts";
import type { ErrorIds, StoredCode } from "./error-ids.ts";
import type { PeerIds, StoredPeer } from "./peer-ids.ts";
import type { RuleName, RuleNames } from "./rule-names.ts";
import type { Sheet } from "./sheet.ts";
import type { Shelves } from "./shelves.ts";

export type Work = {
  readonly arrivals: readonly Arrival[];
  readonly closed: readonly ClosedPeriod[];
  readonly samples: readonly StoredSample[];
  readonly losses: readonly Loss[];
  readonly lossCounters: ReadonlyMap<string, { readonly ring: number; readonly upload: number }>;
};

export type StoredSample = {
  readonly atUs: number;
  readonly project: string;
  readonly workloads: readonly WorkloadSample[];
};

export type WriteDeps = {
  readonly connection: DuckDBConnection;
  readonly shelves: Shelves;
  readonly sheet: Sheet;
  readonly errorIds: ErrorIds;
  readonly peerIds: PeerIds;
  readonly ruleNames: RuleNames;
};

/** Throws what DuckDB throws; then nothing was written. */
export async function write(deps: WriteDeps, work: Work, nowUs: number): Promise<void> {
  const { connection, shelves } = deps;
  const shelf = {
    exchanges: work.arrivals.length > 0 ? await shelves.current("exchanges", nowUs) : undefined,
    rollups: work.closed.length > 0 ? await shelves.current("rollups", nowUs) : undefined,
    samples: work.samples.length > 0 ? await shelves.current("samples", nowUs) : undefined,
  };
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
  const ids = { errors: deps.errorIds.byNumber(), peers: deps.peerIds.byPeer() };
  try {
    if (peers.length > 0) await appended("peers", (to) => appendPeers(to, peers));
    if (rules.length > 0) await appended("rules", (to) => appendRules(to, rules));
    if (codes.length > 0) await appended("error_codes", (to) => appendCodes(to, codes));
    if (shelf.exchanges) {
      await appended(shelf.exchanges.table, (to) => {
        for (const arrival of work.arrivals) deps.sheet.append(to, arrival, ids);
      });
      await appended("batches", (to) => appendBatches(to, work.arrivals));
    }
    if (shelf.rollups) await appended(shelf.rollups.table, (to) => appendRollups(to, work.closed));
    if (shelf.samples) await appended(shelf.samples.table, (to) => appendSamples(to, work.samples));
    if (work.losses.length > 0) {
      await appended("losses", (to) => appendLosses(to, work.losses));
    }
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
  for (const arrival of work.arrivals) if (shelf.exchanges) shelf.exchanges.rows += arrival.rows;
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

function appendRules(to: DuckDBAppender, rules: readonly RuleName[]): void {
  for (const [key, name] of rules) {
    to.appendUInteger(key);
    to.appendVarchar(name);
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

function appendRollups(to: DuckDBAppender, closed: readonly ClosedPeriod[]): void {
  for (const { start, cells } of closed) {
    for (const [series, cell] of cells) {
      appendTime(to, start * 1e6);
      to.appendVarchar(series.source);
      to.appendVarchar(series.sourceNamespace);
      to.appendVarchar(series.destination);
      to.appendVarchar(series.destinationNamespace);
      to.appendUSmallInt(series.port);
      to.appendVarchar(series.protocol);
      to.appendUTinyInt(series.statusClass);
      to.appendVarchar(series.error);
      to.appendDouble(cell.requests);
      to.appendDouble(cell.attempts);
      to.appendDouble(cell.durationUs);
      to.appendDouble(cell.requestBytes);
      to.appendDouble(cell.responseBytes);
      to.appendBlob(encodeSketch(cell.sketch));
      to.endRow();
    }
  }
}

function appendSamples(to: DuckDBAppender, samples: readonly StoredSample[]): void {
  const optional = (value: number | undefined) => {
    if (value === undefined) to.appendNull();
    else to.appendDouble(value);
  };
  for (const { atUs, project, workloads } of samples) {
    for (const workload of workloads) {
      appendTime(to, atUs);
      to.appendVarchar(project);
      to.appendVarchar(workload.service);
      to.appendVarchar(workload.id);
      to.appendVarchar(workload.version);
      to.appendUTinyInt(isReady(workload) ? 1 : 0);
      to.appendUInteger(Math.min(Math.floor(workload.connections), 0xffffffff));
      for (const name of RESOURCE_NAMES) optional(workload.resources?.[name]);
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

function appendCounters(to: DuckDBAppender, counters: Work["lossCounters"]): void {
  for (const [agent, { ring, upload }] of counters) {
    to.appendVarchar(agent);
    to.appendDouble(ring);
    to.appendDouble(upload);
    to.endRow();
  }
}
