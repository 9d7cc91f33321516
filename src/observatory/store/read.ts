// Reads figures and exchanges back from the store.
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import type { SpanColumn } from "../../model/span.ts";
import { type Cell, type Cells, cellOf } from "../live/cell.ts";
import type { SeriesBook, SeriesName } from "../live/series.ts";
import type { Names } from "../names.ts";
import type { Condition } from "../query/condition.ts";
import { type Exchange, exchange } from "../query/exchange.ts";
import type { ErrorIds } from "./error-ids.ts";
import { PLAIN_COLUMNS } from "./format.ts";
import type { PeerIds } from "./peer-ids.ts";
import { eachRollup, mergeAt, numberAt } from "./rollup-rows.ts";
import type { Shelves } from "./shelves.ts";

/** names of a series, as one text: no name has a line end in it */
const SERIES = [
  "source",
  "source_namespace",
  "destination",
  "destination_namespace",
  "port",
  "protocol",
  "status_class",
  "error",
];
const ROLLUP_COLUMNS = [
  `concat_ws(chr(10), ${SERIES.join(", ")})`,
  "requests",
  "attempts",
  "duration_us",
  "request_bytes",
  "response_bytes",
  "durations",
];

/** Adds all rollups of periods that start in [from, to), seconds since the epoch, to `cells`. */
export async function readRollups(
  connection: DuckDBConnection,
  shelves: Shelves,
  book: SeriesBook,
  cells: Cells,
  from: number,
  to: number,
): Promise<void> {
  const known = new Map<string, Cell>();
  await eachRollup(connection, shelves, { columns: ROLLUP_COLUMNS, from, to }, (columns, row) => {
    const name = columns[0]?.getItem(row) as string;
    let cell = known.get(name);
    if (!cell) {
      cell = cellOf(cells, book.named(seriesName(name)));
      known.set(name, cell);
    }
    cell.requests += numberAt(columns, 1, row);
    cell.attempts += numberAt(columns, 2, row);
    cell.durationUs += numberAt(columns, 3, row);
    cell.requestBytes += numberAt(columns, 4, row);
    cell.responseBytes += numberAt(columns, 5, row);
    mergeAt(cell.sketch, columns, 6, row);
  });
}

function seriesName(text: string): SeriesName {
  const [source, sourceNamespace, destination, destinationNamespace, port, protocol, statusClass, error] = text.split(
    "\n",
  ) as [string, string, string, string, string, string, string, string];
  return {
    source,
    sourceNamespace,
    destination,
    destinationNamespace,
    port: Number(port),
    protocol,
    statusClass: Number(statusClass),
    error,
  };
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
      `SELECT ordinal, epoch_us(time), source, destination, error, path, authority, confidence, weight, ${columns}
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
    plain[name] = Number(row[9 + index]);
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
    confidence: Number(row[7]),
    weight: Number(row[8]),
    names,
    columns: plain as Record<SpanColumn, number>,
  });
}
