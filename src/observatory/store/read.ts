// Reads figures and exchanges back from the store.
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { DuckDBBlobValue } from "@duckdb/node-api";
import { decodeSketch } from "../../base/sketch.bytes.ts";
import { merge } from "../../base/sketch.ts";
import type { SpanColumn } from "../../model/span.ts";
import { type Cells, cellOf } from "../live/cell.ts";
import type { SeriesBook } from "../live/series.ts";
import type { Names } from "../names.ts";
import type { Condition } from "../query/condition.ts";
import { type Exchange, exchange } from "../query/exchange.ts";
import type { ErrorIds } from "./error-ids.ts";
import { PLAIN_COLUMNS } from "./format.ts";
import type { PeerIds } from "./peer-ids.ts";
import type { Shelves } from "./shelves.ts";

/** Adds all rollups of periods that start in [from, to), seconds since the epoch, to `cells`. */
export async function readRollups(
  connection: DuckDBConnection,
  shelves: Shelves,
  book: SeriesBook,
  cells: Cells,
  from: number,
  to: number,
): Promise<void> {
  for (const { table, closedUs } of shelves.of("rollups")) {
    // rows are written after their period ended
    if (closedUs !== undefined && closedUs / 1e6 < from) continue;
    const rows = await connection.stream(
      `SELECT source, source_namespace, destination, destination_namespace, port, protocol, status_class, error,
              requests, attempts, duration_us, request_bytes, response_bytes, durations
       FROM "${table}" WHERE time >= make_timestamp(${from}000000) AND time < make_timestamp(${to}000000)`,
    );
    for (;;) {
      const chunk = await rows.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      for (const row of chunk.getRows()) addRollup(row, book, cells);
    }
  }
}

function addRollup(row: DuckDBValue[], book: SeriesBook, cells: Cells): void {
  const series = book.named({
    source: String(row[0]),
    sourceNamespace: String(row[1]),
    destination: String(row[2]),
    destinationNamespace: String(row[3]),
    port: Number(row[4]),
    protocol: String(row[5]),
    statusClass: Number(row[6]),
    error: String(row[7]),
  });
  const cell = cellOf(cells, series);
  cell.requests += Number(row[8]);
  cell.attempts += Number(row[9]);
  cell.durationUs += Number(row[10]);
  cell.requestBytes += Number(row[11]);
  cell.responseBytes += Number(row[12]);
  if (row[13] instanceof DuckDBBlobValue) merge(cell.sketch, decodeSketch(row[13].bytes));
}

export type ReadExchangesDeps = {
  readonly connection: DuckDBConnection;
  readonly shelves: Shelves;
  readonly errorIds: ErrorIds;
  readonly peerIds: PeerIds;
  readonly names: Names;
};

/** The newest exchanges with a lower ordinal that meet the condition, newest first. */
export async function readExchanges(
  deps: ReadExchangesDeps,
  condition: Condition,
  before: number,
  limit: number,
): Promise<Exchange[]> {
  const { connection, shelves } = deps;
  const found: Exchange[] = [];
  const columns = PLAIN_COLUMNS.map((name) => `"${name}"`).join(", ");
  for (const { table } of shelves.of("exchanges")) {
    if (found.length >= limit) break;
    const read = await connection.runAndReadAll(
      `SELECT ordinal, epoch_us(time), source, destination, error, path, authority, ${columns}
       FROM "${table}" WHERE ordinal < ${before} AND (${condition.sql})
       ORDER BY ordinal DESC LIMIT ${limit - found.length}`,
      [...condition.values],
    );
    for (const row of read.getRows()) found.push(readExchange(row, deps));
  }
  return found;
}

function readExchange(row: DuckDBValue[], { errorIds, peerIds, names }: ReadExchangesDeps): Exchange {
  const plain: Partial<Record<SpanColumn, number>> = {};
  PLAIN_COLUMNS.forEach((name, index) => {
    plain[name] = Number(row[7 + index]);
  });
  const error = Number(row[4]);
  return exchange({
    ordinal: Number(row[0]),
    startUs: Number(row[1]),
    source: peerIds.peerOf(Number(row[2])),
    destination: peerIds.peerOf(Number(row[3])),
    error: error === 0 ? undefined : (errorIds.codeOf(error) ?? "unknown"),
    path: String(row[5]),
    authority: String(row[6]),
    names,
    columns: plain as Record<SpanColumn, number>,
  });
}
