// Reads exchanges back from the store.
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import type { SpanColumn } from "../../model/span.ts";
import type { Names } from "../names.ts";
import { type Exchange, exchange } from "../query/exchange.ts";
import type { ErrorIds } from "./error-ids.ts";
import { type Condition, mayHold } from "./exchange-condition.ts";
import { PLAIN_COLUMNS } from "./format.ts";
import type { PeerIds } from "./peer-ids.ts";
import type { Shelves } from "./shelves.ts";

export type ReadExchangesDeps = {
  readonly connection: DuckDBConnection;
  readonly shelves: Shelves;
  readonly errorIds: ErrorIds;
  readonly peerIds: PeerIds;
  readonly names: Names;
};

/** rows looked at in one go at least, where the condition lets through more than is asked for */
const PAGE = 1_000;

export type Wanted = {
  /** of lower ordinals only */
  readonly before: number;
  readonly limit: number;
  /** what a condition in SQL cannot say */
  readonly isIt?: ((exchange: Exchange) => boolean) | undefined;
  /** asked after each look: false ends the search */
  readonly mayGoOn: () => boolean;
};

export type Read = {
  /** newest first */
  readonly rows: readonly Exchange[];
  /** the search ended here: exchanges of lower ordinals were not looked at */
  readonly from?: number;
};

/** The newest exchanges that meet the condition. */
export async function readExchanges(deps: ReadExchangesDeps, condition: Condition, wanted: Wanted): Promise<Read> {
  const { before, limit, isIt, mayGoOn } = wanted;
  const rows: Exchange[] = [];
  const shelves = deps.shelves.of("exchanges").filter((shelf) => mayHold(shelf, condition.ended));
  for (const { table } of shelves) {
    let last = before;
    for (let isThrough = false; !isThrough; ) {
      const missing = limit - rows.length;
      if (missing <= 0) return { rows };
      if (!mayGoOn()) return { rows, from: last === before ? await after(deps, table, before) : last };
      const most = isIt ? Math.max(PAGE, missing) : missing;
      const found = await findOrdinals(deps, table, condition, last, most);
      const page = found.length > 0 ? await readRows(deps, table, condition, found) : [];
      rows.push(...(isIt ? page.filter(isIt) : page).slice(0, missing));
      last = found.at(-1) ?? last;
      isThrough = found.length < most;
    }
  }
  return { rows };
}

/** The newest that meet it, newest first: only the columns of the condition are read. */
async function findOrdinals(
  { connection }: ReadExchangesDeps,
  table: string,
  { sql, values, anyOf }: Condition,
  before: number,
  most: number,
): Promise<number[]> {
  const parts = (anyOf.length > 0 ? anyOf : ["true"]).map(
    (one) => `SELECT ordinal FROM "${table}" WHERE ordinal < ${before} AND ${sql} AND (${one})`,
  );
  const read = await connection.runAndReadAll(
    `${parts.join(" UNION ")} ORDER BY ordinal DESC LIMIT ${most}`,
    parts.flatMap(() => values),
  );
  return read.getRows().map(([ordinal]) => Number(ordinal));
}

/** All columns, of the few parts of the table that lie between those found. */
async function readRows(
  deps: ReadExchangesDeps,
  table: string,
  { sql, values, anyOf }: Condition,
  found: readonly number[],
): Promise<Exchange[]> {
  const columns = PLAIN_COLUMNS.map((name) => `"${name}"`).join(", ");
  const read = await deps.connection.stream(
    `SELECT ordinal, epoch_us(time), source, destination, error, path, authority, confidence, weight, ${columns}
     FROM "${table}" WHERE ordinal BETWEEN ${found.at(-1)} AND ${found[0]}
       AND ${sql} AND (${anyOf.join(" OR ") || "true"}) ORDER BY ordinal DESC`,
    [...values],
  );
  const rows: Exchange[] = [];
  // others have their turn from chunk to chunk: a ledger reads tens of thousands
  for await (const some of read.yieldRows()) for (const row of some) rows.push(readExchange(row, deps));
  return rows;
}

/** The ordinal above all of a table. */
async function after({ connection }: ReadExchangesDeps, table: string, otherwise: number): Promise<number> {
  const read = await connection.runAndReadAll(`SELECT max(ordinal) FROM "${table}"`);
  return Math.min(otherwise, Number(read.getRows()[0]?.[0] ?? 0) + 1);
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
