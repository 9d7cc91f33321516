// Rows of rollups: cells written, and cells read back. Everything but the sketches is added up by the engine; sketches are
// merged here, chunk by chunk and column by column, because making an object of each row would cost more than all that is
// done with it.
import {
  type DuckDBAppender,
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBTimestampValue,
  type DuckDBValue,
  type DuckDBVector,
} from "@duckdb/node-api";
import { encodeSketch, mergeEncoded } from "../../base/sketch.bytes.ts";
import { type Cell, takeExemplar } from "../live/cell.ts";
import { EXEMPLAR_WORDS, type Exemplar } from "../live/exemplar.ts";
import { SUMS } from "../live/sums.ts";
import { SUM_COLUMNS } from "./format.ts";
import type { Shelves } from "./shelves.ts";
import type { Counted } from "./store.ts";
import type { Piece } from "./tiers.ts";

export function appendRollup(to: DuckDBAppender, startS: number, series: number, cell: Cell): void {
  to.appendTimestamp(new DuckDBTimestampValue(BigInt(startS) * 1_000_000n));
  to.appendUInteger(series);
  to.appendDouble(cell.requests);
  to.appendDouble(cell.attempts);
  to.appendDouble(cell.durationUs);
  to.appendDouble(cell.requestBytes);
  to.appendDouble(cell.responseBytes);
  for (const sum of cell.sums) to.appendDouble(sum);
  to.appendBlob(encodeSketch(cell.sketch));
  if (cell.exemplar) {
    to.appendDouble(cell.exemplar.durationUs);
    to.appendBlob(encodeExemplar(cell.exemplar));
  } else {
    to.appendNull();
    to.appendNull();
  }
  to.appendDouble(cell.sketch.count);
  to.endRow();
}

export type Gather = Piece & {
  /** seconds; rows are added up by steps of this length. Absent: all together, as of 0 */
  readonly stepS?: number;
  /** ids; absent: all */
  readonly series?: readonly number[];
};

const TOTALS = ["requests", "attempts", "duration_us", "request_bytes", "response_bytes", ...SUM_COLUMNS];

/**
 * Adds up the rollups of a piece.
 * @param cellAt where those of a step (its start, seconds since the epoch) and of a series go; undefined: nowhere
 */
export async function gather(
  connection: DuckDBConnection,
  shelves: Shelves,
  { stepS, series, ...piece }: Gather,
  cellAt: (startS: number, series: number) => Cell | undefined,
): Promise<void> {
  if (series?.length === 0) return;
  const step = stepS === undefined ? "0::DOUBLE" : stepOf(stepS);
  const where = series === undefined ? within(piece) : `${within(piece)} AND series IN (${series.join(", ")})`;
  for (const table of tablesOf(shelves, piece)) {
    const totals = await connection.runAndReadAll(
      `SELECT ${step} AS step, series, ${TOTALS.map((name) => `sum(${name})`).join(", ")},
         arg_max(exemplar, exemplar_us), max(exemplar_us)
       FROM "${table}" WHERE ${where} GROUP BY 1, 2`,
    );
    for (const row of totals.getRows()) {
      const cell = cellAt(Number(row[0]), Number(row[1]));
      if (cell) addTotals(cell, row);
    }
    const sketches = await connection.stream(`SELECT ${step}, series, durations FROM "${table}" WHERE ${where}`);
    for await (const chunk of sketches) {
      const [steps, ids, durations] = [0, 1, 2].map((index) => chunk.getColumnVector(index));
      for (let row = 0; row < chunk.rowCount; row++) {
        const bytes = durations?.getItem(row);
        const cell = cellAt(steps?.getItem(row) as number, ids?.getItem(row) as number);
        if (cell && bytes instanceof DuckDBBlobValue) mergeEncoded(cell.sketch, bytes.bytes);
      }
    }
  }
}

/** How much there was in a piece: of each step and series, once for each table. Sketches are most of a row, and not read. */
export async function gatherCounts(
  connection: DuckDBConnection,
  shelves: Shelves,
  { stepS, ...piece }: Piece & { readonly stepS: number },
  take: (startS: number, series: number, counted: Counted) => void,
): Promise<void> {
  for (const table of tablesOf(shelves, piece)) {
    const read = await connection.stream(
      `SELECT ${stepOf(stepS)}, series, sum(requests), sum(duration_us),
         sum(coalesce(timed, CASE WHEN duration_us > 0 THEN requests ELSE 0 END))
       FROM "${table}" WHERE ${within(piece)} GROUP BY 1, 2`,
    );
    for await (const chunk of read) {
      const [starts, ids, requests, durations, timed] = [0, 1, 2, 3, 4].map((index) => chunk.getColumnVector(index));
      const number = (of: DuckDBVector | undefined, row: number) => of?.getItem(row) as number;
      for (let row = 0; row < chunk.rowCount; row++) {
        take(number(starts, row), number(ids, row), {
          requests: number(requests, row),
          durationUs: number(durations, row),
          timed: number(timed, row),
        });
      }
    }
  }
}

function stepOf(stepS: number): string {
  return `floor(epoch(time) / ${stepS}) * ${stepS}`;
}

function within({ from, to }: Piece): string {
  return `time >= make_timestamp(${from}000000) AND time < make_timestamp(${to}000000)`;
}

/** Rows are written after their period ended. */
function tablesOf(shelves: Shelves, { kind, from }: Piece): string[] {
  return shelves.of(kind).flatMap(({ table, closedUs = Infinity }) => (closedUs / 1e6 < from ? [] : [table]));
}

function addTotals(to: Cell, row: DuckDBValue[]): void {
  const number = (index: number) => Number(row[index] ?? 0);
  to.requests += number(2);
  to.attempts += number(3);
  to.durationUs += number(4);
  to.requestBytes += number(5);
  to.responseBytes += number(6);
  for (let i = 0; i < SUMS.length; i++) to.sums[i] = (to.sums[i] as number) + number(7 + i);
  const exemplar = row[7 + SUMS.length];
  if (exemplar instanceof DuckDBBlobValue) {
    takeExemplar(to, decodeExemplar(exemplar.bytes, number(8 + SUMS.length)));
  }
}

function encodeExemplar(of: Exemplar): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(EXEMPLAR_WORDS.length * 4));
  EXEMPLAR_WORDS.forEach((word, index) => {
    bytes.setUint32(index * 4, of[word]);
  });
  return new Uint8Array(bytes.buffer);
}

function decodeExemplar(bytes: Uint8Array, durationUs: number): Exemplar | undefined {
  if (bytes.length !== EXEMPLAR_WORDS.length * 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [trace0, trace1, trace2, trace3, client0, client1] = EXEMPLAR_WORDS.map((_, index) =>
    view.getUint32(index * 4),
  ) as [number, number, number, number, number, number];
  return { durationUs, trace0, trace1, trace2, trace3, client0, client1 };
}
