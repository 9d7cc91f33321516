// The only one who writes to a socket. The runtime's `write` takes what the kernel takes and keeps nothing, and its
// `end(data)` cuts: so the rest, the wait for room and the FIN after the last byte belong to one owner.
import type { ProxySocket } from "./sockets.ts";

export type SocketWriter = {
  readonly socket: Pick<ProxySocket<unknown>, "write" | "shutdown" | "terminate">;
  /** what the kernel did not take yet, in order */
  readonly pending: Uint8Array[];
  /** bytes of pending[0] already taken */
  offset: number;
  pendingBytes: number;
  /** bytes handed over for writing since the connection began */
  bytes: number;
  /** a FIN follows the last pending byte */
  isEnding: boolean;
  isShut: boolean;
  /** has messages of this writer that go out at the end of the turn, before anything else */
  waiting: { send(): void } | undefined;
};

export function socketWriter(socket: SocketWriter["socket"]): SocketWriter {
  return {
    socket,
    pending: [],
    offset: 0,
    pendingBytes: 0,
    bytes: 0,
    isEnding: false,
    isShut: false,
    waiting: undefined,
  };
}

/** Writes bytes[from, to) of a buffer that the caller will not change: the rest, if any, is kept as a view. */
export function writeOwned(writer: SocketWriter, bytes: Uint8Array, from: number, to: number): void {
  writer.waiting?.send();
  const taken = writeNow(writer, bytes, from, to);
  if (taken < to - from) keep(writer, bytes.subarray(from + taken, to));
}

/** Writes bytes[from, to) of a buffer that the caller uses again at once: the rest, if any, is copied. */
export function writeShared(writer: SocketWriter, bytes: Uint8Array, from: number, to: number): void {
  writer.waiting?.send();
  const taken = writeNow(writer, bytes, from, to);
  // not `slice`, which is a view when it is a Buffer's
  if (taken < to - from) keep(writer, Buffer.from(bytes.subarray(from + taken, to)));
}

function writeNow(writer: SocketWriter, bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (writer.isEnding) return length;
  writer.bytes += length;
  if (writer.pendingBytes > 0) return 0;
  const taken = writer.socket.write(bytes, from, length);
  // -1: the connection is closed, its `close` event is on the way; the bytes have nowhere to go
  return taken < 0 ? length : taken;
}

function keep(writer: SocketWriter, rest: Uint8Array): void {
  writer.pending.push(rest);
  writer.pendingBytes += rest.length;
}

/** The socket has room again. True when nothing is pending any more: whoever was held back may go on. */
export function drained(writer: SocketWriter): boolean {
  while (writer.pendingBytes > 0) {
    const first = writer.pending[0] as Uint8Array;
    const length = first.length - writer.offset;
    let taken = writer.socket.write(first, writer.offset, length);
    if (taken < 0) taken = length;
    writer.pendingBytes -= taken;
    if (taken < length) {
      writer.offset += taken;
      return false;
    }
    writer.pending.shift();
    writer.offset = 0;
  }
  if (writer.isEnding) shut(writer);
  return true;
}

/** Sends a FIN after what is pending; the other direction stays open. */
export function finish(writer: SocketWriter): void {
  if (writer.isEnding) return;
  writer.waiting?.send();
  writer.isEnding = true;
  if (writer.pendingBytes === 0) shut(writer);
}

function shut(writer: SocketWriter): void {
  if (writer.isShut) return;
  writer.isShut = true;
  writer.socket.shutdown();
}

/** Bytes that the kernel did not take, after what waits for the end of the turn has been offered to it. */
export function unsent(writer: SocketWriter): number {
  writer.waiting?.send();
  return writer.pendingBytes;
}

/** Ends both directions at once with a reset: the peer must not take what it has for the whole. */
export function abort(writer: SocketWriter): void {
  writer.isEnding = true;
  writer.isShut = true;
  writer.pending.length = 0;
  writer.pendingBytes = 0;
  writer.socket.terminate();
}
