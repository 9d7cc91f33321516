// Reads exchanges back from the store.
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import type { SpanColumn } from "../../model/span.ts";
import type { Names } from "../names.ts";
import type { Condition } from "../query/condition.ts";
import { type Exchange, exchange } from "../query/exchange.ts";
import type { ErrorIds } from "./error-ids.ts";
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

/** rows looked at in one go where the condition lets through more than is asked for */
const PAGE = 1_000;
const MOST_PAGES = 100;

/** The newest exchanges with a lower ordinal that meet the condition and `isIt`, newest first; it gives up after MOST_PAGES. */
export async function readExchanges(
  deps: ReadExchangesDeps,
  condition: Condition,
  before: number,
  limit: number,
  isIt?: (exchange: Exchange) => boolean,
): Promise<Exchange[]> {
  const { connection, shelves } = deps;
  const found: Exchange[] = [];
  const columns = PLAIN_COLUMNS.map((name) => `"${name}"`).join(", ");
  let pages = 0;
  for (const { table } of shelves.of("exchanges")) {
    let [last, isThrough] = [before, false];
    while (!isThrough && found.length < limit && pages++ < MOST_PAGES) {
      const most = isIt ? PAGE : limit - found.length;
      const read = await connection.runAndReadAll(
        `SELECT ordinal, epoch_us(time), source, destination, error, path, authority, confidence, weight, ${columns}
         FROM "${table}" WHERE ordinal < ${last} AND (${condition.sql})
         ORDER BY ordinal DESC LIMIT ${most}`,
        [...condition.values],
      );
      for (const row of read.getRows()) {
        const one = readExchange(row, deps);
        last = one.ordinal;
        if (found.length < limit && (isIt?.(one) ?? true)) found.push(one);
      }
      isThrough = read.currentRowCount < most;
    }
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
