// Puts the pieces of a message together so that a head, a chunk's size and a small body leave in one system call.
// One buffer per worker, filled and sent within one event; large pieces are not copied but written as they are.
import type { RequestHead, ResponseHead } from "../protocol/http1/types.ts";
import { type WriteOptions, writeRequestHead, writeResponseHead, writeText } from "../protocol/http1/write.ts";
import { type SocketWriter, writeOwned, writeShared } from "./socket-writer.ts";

export type Batch = {
  readonly buffer: Buffer;
  /** filled up to here */
  at: number;
};

/** copying up to here costs less than a second system call */
const COPY_BYTES = 16 * 1024;

/** @param size must hold the largest head, 64 KiB, twice: what is parsed may grow when it is written */
export function batch(size = 256 * 1024): Batch {
  return { buffer: Buffer.allocUnsafeSlow(size), at: 0 };
}

/** Adds Latin-1 text, one byte a character. */
export function addText(batch: Batch, writer: SocketWriter, text: string): void {
  if (batch.buffer.length - batch.at < text.length) flush(batch, writer);
  batch.at = writeText(batch.buffer, batch.at, text);
}

/** Heads are a quarter of the buffer at most. */
export function addRequestHead(batch: Batch, writer: SocketWriter, head: RequestHead, options: WriteOptions): void {
  if (batch.at > batch.buffer.length / 2) flush(batch, writer);
  batch.at = writeRequestHead(batch.buffer, batch.at, head, options);
}

export function addResponseHead(batch: Batch, writer: SocketWriter, head: ResponseHead, options: WriteOptions): void {
  if (batch.at > batch.buffer.length / 2) flush(batch, writer);
  batch.at = writeResponseHead(batch.buffer, batch.at, head, options);
}

/** Adds bytes[from, to), which are ours to keep. */
export function addBytes(batch: Batch, writer: SocketWriter, bytes: Buffer, from: number, to: number): void {
  const size = to - from;
  if (size <= COPY_BYTES && batch.buffer.length - batch.at >= size) {
    bytes.copy(batch.buffer, batch.at, from, to);
    batch.at += size;
    return;
  }
  flush(batch, writer);
  writeOwned(writer, bytes, from, to);
}

/** Sends what is there. Call it at the end of every event that added something. */
export function flush(batch: Batch, writer: SocketWriter): void {
  if (batch.at === 0) return;
  const to = batch.at;
  batch.at = 0;
  writeShared(writer, batch.buffer, 0, to);
}
