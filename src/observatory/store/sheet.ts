// Writes exchanges into DuckDB column by column: each column of a batch is one copy of memory, no value is touched. One
// chunk is used again and again, because the native memory of chunks is freed only when the collector finds them.
import { type DuckDBAppender, DuckDBDataChunk, type DuckDBVector } from "@duckdb/node-api";
import type { SpanColumn } from "../../model/span.ts";
import type { Arrival } from "../ingest/arrival.ts";
import { EXCHANGE_COLUMNS, PLAIN_COLUMNS } from "./format.ts";

/** rows of a DuckDB vector */
const MOST_ROWS = 2048;

export type Sheet = {
  append(to: DuckDBAppender, arrival: Arrival, ids: StoredIds): void;
};

export type StoredIds = {
  /** by the number that a span names an error by */
  readonly errors: Uint16Array;
  /** by a peer's id in this process */
  readonly peers: Uint32Array;
};

type Numbers = Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array;

export function exchangeSheet(): Sheet {
  const chunk = DuckDBDataChunk.create(
    EXCHANGE_COLUMNS.map(([, type]) => type),
    MOST_ROWS,
  );
  const at = new Map<string, DuckDBVector>();
  EXCHANGE_COLUMNS.forEach(([name], index) => {
    at.set(name, chunk.getColumnVector(index));
  });
  const vector = (name: string) => at.get(name) as DuckDBVector;
  const numbers = (name: string) => itemsOf(vector(name)) as Numbers;

  const ordinals = numbers("ordinal");
  const times = wide(vector("time"));
  const [sources, destinations, errors] = [numbers("source"), numbers("destination"), numbers("error")];
  const [confidences, weights] = [numbers("confidence"), numbers("weight")];
  const [paths, authorities] = [vector("path"), vector("authority")];
  const wides = (["requestBytes", "responseBytes"] as const).map((name) => [name, wide(vector(name))] as const);
  const plain = PLAIN_COLUMNS.filter((name) => !wides.some(([other]) => other === name)).map(
    (name) => [name, numbers(name)] as const,
  );

  const fill = (arrival: Arrival, from: number, count: number, ids: StoredIds) => {
    const { columns } = arrival.batch;
    const slice = (name: SpanColumn) => columns[name].subarray(from, from + count);
    for (const [name, items] of plain) items.set(slice(name));
    for (const [name, items] of wides) setWide(items, slice(name));
    setWide(times, slice("startUs"));
    confidences.set(arrival.confidences.subarray(from, from + count));
    weights.set(arrival.weights.subarray(from, from + count));
    for (let i = 0; i < count; i++) {
      ordinals[i] = arrival.ordinal + from + i;
      sources[i] = ids.peers[arrival.sources[from + i] as number] as number;
      destinations[i] = ids.peers[arrival.destinations[from + i] as number] as number;
      errors[i] = ids.errors[columns.error[from + i] as number] as number;
      paths.setItem(i, arrival.batch.paths[from + i] as string);
      authorities.setItem(i, arrival.batch.authorities[from + i] as string);
    }
  };

  return {
    append(to, arrival, ids) {
      for (let from = 0; from < arrival.rows; from += MOST_ROWS) {
        const count = Math.min(MOST_ROWS, arrival.rows - from);
        chunk.reset();
        chunk.rowCount = count;
        fill(arrival, from, count, ids);
        for (const one of at.values()) one.flush();
        to.appendDataChunk(chunk);
      }
    },
  };
}

/** The vector's own array, which its type hides: the public way sets and checks value by value. */
function itemsOf(vector: DuckDBVector): ArrayBufferView {
  const items: unknown = Reflect.get(vector, "items");
  if (!ArrayBuffer.isView(items)) throw new Error("this version of @duckdb/node-api keeps its columns elsewhere");
  return items;
}

/** A column of 64-bit integers as pairs of 32 bits, low first: much cheaper to write than BigInts. */
function wide(vector: DuckDBVector): Uint32Array {
  const items = itemsOf(vector);
  return new Uint32Array(items.buffer as ArrayBuffer, items.byteOffset, items.byteLength / 4);
}

function setWide(to: Uint32Array, values: Numbers): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    to[2 * i] = value; // the remainder of 2^32
    to[2 * i + 1] = value / 0x1_0000_0000;
  }
}
