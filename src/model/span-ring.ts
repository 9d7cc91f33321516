// The ring of unflushed spans that one worker writes and its supervisor reads, in memory both map: a worker that is
// killed takes no finished span with it. One writer, one reader; `head` and `tail` only ever grow.
//
// A row's strings lie in fixed slots, so that a row is written without bookkeeping: PATH_BYTES and AUTHORITY_BYTES.
import { writeLatin1Cut } from "../protocol/http1/latin1.ts";
import { columnsSize, type SpanColumns, viewColumns } from "./span-buffer.ts";

export const PATH_BYTES = 160;
export const AUTHORITY_BYTES = 64;

const HEADER_BYTES = 64;
const HEAD = 0;
const TAIL = 1;
const DROPPED = 2;

/** size of the shared file for a ring of `rows` (a power of two) */
export function ringSize(rows: number): number {
  return HEADER_BYTES + columnsSize(rows) + rows * 4 + rows * (PATH_BYTES + AUTHORITY_BYTES);
}

type Layout = {
  header: Int32Array;
  columns: SpanColumns;
  pathLength: Uint16Array;
  authorityLength: Uint16Array;
  text: Uint8Array;
};

function layout(bytes: Uint8Array, rows: number): Layout {
  const lengths = HEADER_BYTES + columnsSize(rows);
  return {
    header: new Int32Array(bytes.buffer, bytes.byteOffset, HEADER_BYTES / 4),
    columns: viewColumns(bytes, HEADER_BYTES, rows),
    pathLength: new Uint16Array(bytes.buffer, bytes.byteOffset + lengths, rows),
    authorityLength: new Uint16Array(bytes.buffer, bytes.byteOffset + lengths + rows * 2, rows),
    text: bytes.subarray(lengths + rows * 4),
  };
}

export type SpanWriter = {
  readonly columns: SpanColumns;
  /** the row to fill next, or -1 when the ring is full: the span is then counted as lost */
  claim(): number;
  setPath(row: number, path: string): void;
  setAuthority(row: number, authority: string): void;
  /** makes the claimed row visible to the reader; every column must have been written, rows are reused */
  publish(): void;
};

export function spanWriter(bytes: Uint8Array, rows: number): SpanWriter {
  const { header, columns, pathLength, authorityLength, text } = layout(bytes, rows);
  const mask = rows - 1;
  const slots = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const stride = PATH_BYTES + AUTHORITY_BYTES;
  let head = Atomics.load(header, HEAD);
  return {
    columns,
    claim() {
      if (((head - Atomics.load(header, TAIL)) | 0) >= rows) {
        Atomics.add(header, DROPPED, 1);
        return -1;
      }
      return head & mask;
    },
    setPath(row, path) {
      pathLength[row] = writeLatin1Cut(slots, path, row * stride, PATH_BYTES);
    },
    setAuthority(row, authority) {
      // most rows have none, and even an empty write is a native call
      authorityLength[row] =
        authority === "" ? 0 : writeLatin1Cut(slots, authority, row * stride + PATH_BYTES, AUTHORITY_BYTES);
    },
    publish() {
      head = (head + 1) | 0;
      Atomics.store(header, HEAD, head);
    },
  };
}

export type SpanReader = {
  readonly columns: SpanColumns;
  /** rows that wait to be read */
  unread(): number;
  /** calls `take` for every unread row, oldest first, at most `limit`; frees them afterwards; returns how many */
  drain(limit: number, take: (row: number) => void): number;
  path(row: number): string;
  authority(row: number): string;
  /** spans lost since the ring was made because it was full */
  dropped(): number;
};

export function spanReader(bytes: Uint8Array, rows: number): SpanReader {
  const { header, columns, pathLength, authorityLength, text } = layout(bytes, rows);
  const mask = rows - 1;
  const slots = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const stride = PATH_BYTES + AUTHORITY_BYTES;
  return {
    columns,
    unread: () => (Atomics.load(header, HEAD) - Atomics.load(header, TAIL)) | 0,
    drain(limit, take) {
      const tail = Atomics.load(header, TAIL);
      const count = Math.min((Atomics.load(header, HEAD) - tail) | 0, limit);
      for (let i = 0; i < count; i++) take((tail + i) & mask);
      Atomics.store(header, TAIL, (tail + count) | 0);
      return count;
    },
    path: (row) => slots.toString("latin1", row * stride, row * stride + (pathLength[row] ?? 0)),
    authority: (row) => {
      const start = row * stride + PATH_BYTES;
      return slots.toString("latin1", start, start + (authorityLength[row] ?? 0));
    },
    dropped: () => Atomics.load(header, DROPPED),
  };
}
