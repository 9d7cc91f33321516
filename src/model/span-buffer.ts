// Spans as struct-of-arrays over one block of bytes: the same layout serves as the ring that a worker shares with its
// supervisor and as the batch that travels to the observatory.
import { METHODS, SPAN_COLUMNS, type SpanColumn } from "./span.ts";

type Kind = (typeof SPAN_COLUMNS)[SpanColumn];
type ArrayOf = { f64: Float64Array; u32: Uint32Array; u16: Uint16Array; u8: Uint8Array };

export type SpanColumns = { readonly [C in SpanColumn]: ArrayOf[(typeof SPAN_COLUMNS)[C]] };

const WIDTH: Record<Kind, number> = { f64: 8, u32: 4, u16: 2, u8: 1 };
export const COLUMN_NAMES = Object.keys(SPAN_COLUMNS) as SpanColumn[];

/** bytes that `rows` rows take, all columns, a multiple of 8 */
export function columnsSize(rows: number): number {
  return COLUMN_NAMES.reduce((sum, name) => sum + align(WIDTH[SPAN_COLUMNS[name]] * rows), 0);
}

/** Typed views of every column over `bytes` from `offset` on (a multiple of 8). */
export function viewColumns(bytes: Uint8Array, offset: number, rows: number): SpanColumns {
  const columns: Partial<Record<SpanColumn, ArrayOf[Kind]>> = {};
  let at = bytes.byteOffset + offset;
  for (const name of COLUMN_NAMES) {
    const kind = SPAN_COLUMNS[name];
    columns[name] = view(kind, bytes.buffer as ArrayBuffer, at, rows);
    at += align(WIDTH[kind] * rows);
  }
  return columns as SpanColumns;
}

function view(kind: Kind, buffer: ArrayBuffer, at: number, rows: number): ArrayOf[Kind] {
  switch (kind) {
    case "f64":
      return new Float64Array(buffer, at, rows);
    case "u32":
      return new Uint32Array(buffer, at, rows);
    case "u16":
      return new Uint16Array(buffer, at, rows);
    case "u8":
      return new Uint8Array(buffer, at, rows);
  }
}

function align(size: number): number {
  return (size + 7) & ~7;
}

const METHOD_INDEX = new Map<string, number>(METHODS.map((name, index) => [name, index]));

const GET = METHODS.indexOf("GET");

export function methodIndex(method: string): number {
  if (method === "GET") return GET;
  return METHOD_INDEX.get(method) ?? METHODS.length - 1;
}
