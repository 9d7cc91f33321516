// Carries a body from the bytes of one side to the writer of the other, framed anew: by length, in chunks, or by the end
// of the connection. Bodies by length, the most common, cost two additions; chunks go through the protocol's reader.
import { bodyReader } from "../protocol/http1/body.ts";
import type { BodyReader, Framing, Violation } from "../protocol/http1/types.ts";
import { CHUNK_END, chunkHeader, lastChunk } from "../protocol/http1/write.ts";
import { addBytes, addText, type Batch } from "./batch.ts";
import { LIMITS } from "./limits.ts";
import type { SocketWriter } from "./socket-writer.ts";

export type Body = {
  isDone: boolean;
  violation: Violation | undefined;
  /** content bytes carried */
  bytes: number;
  /** of a body by length */
  left: number;
  reader: BodyReader | undefined;
  isUntilClose: boolean;
  isChunkedOut: boolean;
  /** content is kept up to so many bytes, in case it must be sent again; 0: not at all */
  keepBytes: number;
  readonly kept: Buffer[];
  keptBytes: number;
  /** ms in which it waited for its receiver to take what was there; since when it does now, -1: it does not */
  heldMs: number;
  heldSinceMs: number;
};

export function body(): Body {
  return {
    isDone: true,
    violation: undefined,
    bytes: 0,
    left: 0,
    reader: undefined,
    isUntilClose: false,
    isChunkedOut: false,
    keepBytes: 0,
    kept: [],
    keptBytes: 0,
    heldMs: 0,
    heldSinceMs: -1,
  };
}

/** Begins a message's body. @param isChunkedOut how it is framed towards the other side */
export function beginBody(body: Body, framing: Framing, isChunkedOut: boolean): void {
  body.bytes = 0;
  body.heldMs = 0;
  body.heldSinceMs = -1;
  body.keepBytes = 0;
  if (body.keptBytes !== 0) forgetKept(body);
  body.violation = undefined;
  body.isChunkedOut = isChunkedOut;
  body.isUntilClose = framing.kind === "close";
  body.left = framing.kind === "length" ? framing.bytes : 0;
  body.reader = framing.kind === "chunked" ? bodyReader(framing, LIMITS.head) : undefined;
  body.isDone = framing.kind === "none" || (framing.kind === "length" && framing.bytes === 0);
}

/** Its receiver does not take what is there. */
export function hold(body: Body, nowMs: number): void {
  if (body.heldSinceMs < 0) body.heldSinceMs = nowMs;
}

/** It does again. */
export function letGo(body: Body, nowMs: number): void {
  if (body.heldSinceMs < 0) return;
  body.heldMs += nowMs - body.heldSinceMs;
  body.heldSinceMs = -1;
}

/** Takes what belongs to the body from bytes[from, bytes.length) and adds it to the batch. Returns the offset behind it.
 *  Without a writer the content is thrown away. */
export function carry(body: Body, batch: Batch, writer: SocketWriter | undefined, bytes: Buffer, from: number): number {
  if (body.isDone) return from;
  if (body.reader) return carryChunks(body, body.reader, batch, writer, bytes, from);
  let to = bytes.length;
  if (!body.isUntilClose) {
    if (to - from >= body.left) {
      to = from + body.left;
      body.isDone = true;
    }
    body.left -= to - from;
  }
  addContent(body, batch, writer, bytes, from, to);
  return to;
}

/** The peer closed in an orderly way: that ends a body that lasts until the close, and breaks any other. */
export function endOfStream(body: Body, batch: Batch, writer: SocketWriter): boolean {
  if (body.isDone) return true;
  if (!body.isUntilClose) return false;
  body.isDone = true;
  if (body.isChunkedOut) addText(batch, writer, lastChunk());
  return true;
}

/** What `content` below works on: set for the length of one call, so that no closure is made for it. */
let current: { body: Body; batch: Batch; writer: SocketWriter | undefined; bytes: Buffer };

function content(from: number, to: number): void {
  addContent(current.body, current.batch, current.writer, current.bytes, from, to);
}

function carryChunks(
  body: Body,
  reader: BodyReader,
  batch: Batch,
  writer: SocketWriter | undefined,
  bytes: Buffer,
  from: number,
): number {
  current = { body, batch, writer, bytes };
  const at = reader.read(bytes, from, bytes.length, content);
  if (reader.state === "done") {
    body.isDone = true;
    // trailers are not kept
    if (reader.trailers !== "") stopKeeping(body);
    if (body.isChunkedOut && writer) addText(batch, writer, lastChunk(reader.trailers));
  }
  if (reader.state === "broken") body.violation = reader.violation;
  return at;
}

function addContent(
  body: Body,
  batch: Batch,
  writer: SocketWriter | undefined,
  bytes: Buffer,
  from: number,
  to: number,
): void {
  if (to === from) return;
  body.bytes += to - from;
  if (!writer) return;
  if (body.keepBytes > 0) keep(body, bytes, from, to);
  if (body.isChunkedOut) addText(batch, writer, chunkHeader(to - from));
  addBytes(batch, writer, bytes, from, to);
  if (body.isChunkedOut) addText(batch, writer, CHUNK_END);
}

function keep(body: Body, bytes: Buffer, from: number, to: number): void {
  if (body.keptBytes + to - from > body.keepBytes) {
    stopKeeping(body);
    return;
  }
  // a copy: a view would hold all of what was read together with it, up to half a megabyte
  body.kept.push(Buffer.from(bytes.subarray(from, to)));
  body.keptBytes += to - from;
}

function stopKeeping(body: Body): void {
  body.keepBytes = 0;
  forgetKept(body);
  // never equal again: it cannot be sent a second time
  body.keptBytes = -1;
}

function forgetKept(body: Body): void {
  body.kept.length = 0;
  body.keptBytes = 0;
}

/** Is every byte that was passed on still here, so that it could all be sent again? */
export function isWhole(body: Body): boolean {
  return body.bytes === body.keptBytes;
}

/** Sends again what was passed on already; what is still to come follows as usual. */
export function resend(body: Body, batch: Batch, writer: SocketWriter): void {
  for (const piece of body.kept) {
    if (body.isChunkedOut) addText(batch, writer, chunkHeader(piece.length));
    addBytes(batch, writer, piece, 0, piece.length);
    if (body.isChunkedOut) addText(batch, writer, CHUNK_END);
  }
  if (body.isDone && body.isChunkedOut) addText(batch, writer, lastChunk());
}
