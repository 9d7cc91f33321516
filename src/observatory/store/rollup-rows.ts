// Walks through stored rollups chunk by chunk and column by column: a week of a busy service is half a million rows, and
// making an object of each would cost more than all that is done with it.
import type { DuckDBConnection, DuckDBValue, DuckDBVector } from "@duckdb/node-api";
import { DuckDBBlobValue } from "@duckdb/node-api";
import { mergeEncoded } from "../../base/sketch.bytes.ts";
import type { Sketch } from "../../base/sketch.ts";
import type { Shelves } from "./shelves.ts";

export type RollupQuestion = {
  /** expressions over the columns of rollups */
  readonly columns: readonly string[];
  /** seconds since the epoch; periods that start in [from, to) */
  readonly from: number;
  readonly to: number;
  readonly where?: string;
  readonly values?: readonly string[];
};

export type Columns = readonly DuckDBVector<DuckDBValue>[];

export async function eachRollup(
  connection: DuckDBConnection,
  shelves: Shelves,
  { columns, from, to, where = "true", values = [] }: RollupQuestion,
  each: (columns: Columns, row: number) => void,
): Promise<void> {
  for (const { table, closedUs } of shelves.of("rollups")) {
    // rows are written after their period ended
    if (closedUs !== undefined && closedUs / 1e6 < from) continue;
    const rows = await connection.stream(
      `SELECT ${columns.join(", ")} FROM "${table}"
       WHERE time >= make_timestamp(${from}000000) AND time < make_timestamp(${to}000000) AND (${where})`,
      [...values],
    );
    for (;;) {
      const chunk = await rows.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      const vectors = columns.map((_, index) => chunk.getColumnVector(index) as DuckDBVector<DuckDBValue>);
      for (let row = 0; row < chunk.rowCount; row++) each(vectors, row);
    }
  }
}

export function numberAt(columns: Columns, index: number, row: number): number {
  return columns[index]?.getItem(row) as number;
}

export function mergeAt(to: Sketch, columns: Columns, index: number, row: number): void {
  const value = columns[index]?.getItem(row);
  if (value instanceof DuckDBBlobValue) mergeEncoded(to, value.bytes);
}
