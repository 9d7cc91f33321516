// A link between two of our processes: JSON lines on a stream socket, and descriptors on a second socket beside it
// (SCM_RIGHTS). Two sockets, because the runtime's own reads would drop descriptors that arrive on a socket it reads.
// The descriptors of a message are sent before its line, so they are there when the line is read.
import type { Socket } from "bun";
import { systemClock } from "../base/clock.ts";
import { adoptStream } from "./adopt.ts";
import { receiveDescriptors, sendDescriptors } from "./descriptors.ts";
import { checked, closeFd, closeFds, duplicate, keepFromChildren, libc } from "./libc.ts";

export type Channel<In, Out> = {
  /** queues without bound; the other end is one of ours and reads promptly. `fds` stay ours to close: a copy is sent */
  send(message: Out, fds?: readonly number[]): void;
  /** one handler; messages that came before it was set are kept. The receiver owns `fds` and must close or adopt them;
   *  it gets none of a message's descriptors when this process has no room for all of them (EMFILE) */
  onMessage(handler: (message: In, fds: readonly number[]) => void): void;
  /** the other end is gone; called once */
  onClose(handler: () => void): void;
  /** what was sent before still goes out */
  close(): void;
};

/** Two raw ends: [stream, lane] here and [stream, lane] there, to be inherited by a child or sent over another channel. */
export type ChannelEnds = readonly [stream: number, lane: number];

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_SEQPACKET = 5;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;

/** ms between two tries when the lane is full of descriptors that the other end has not taken yet */
const LANE_RETRY_MS = 2;
/** no message of ours is that long; a peer that sends more has lost its mind and is cut off */
const MAX_LINE_BYTES = 256 << 20;
const NEWLINE = 10;

/** The four sockets of a new channel; no child inherits them unless it is told to. */
export function channelPair(): { here: ChannelEnds; there: ChannelEnds } {
  const [streamHere, streamThere] = socketPair(SOCK_STREAM | SOCK_NONBLOCK);
  const [laneHere, laneThere] = socketPair(SOCK_SEQPACKET);
  return { here: [streamHere, laneHere], there: [streamThere, laneThere] };
}

function socketPair(type: number): [number, number] {
  const pair = new Int32Array(2);
  checked("socketpair", libc.socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair));
  return [pair[0] as number, pair[1] as number];
}

type Pending = { readonly bytes: Buffer; readonly fds: readonly number[] };

/** Takes over both descriptors. In a child they are 3 and 4 (`CHILD_ENDS` of spawn.ts). */
export function openChannel<In, Out>([stream, lane]: ChannelEnds): Channel<In, Out> {
  keepFromChildren(stream);
  keepFromChildren(lane);

  let socket: Socket | undefined;
  let state: "open" | "closing" | "closed" = "open";
  let onClose: (() => void) | undefined;

  const inbox = makeInbox<In>(lane);

  // ── out: one queue; its head may be partly written, or wait for room in the lane ──
  const queue: Pending[] = [];
  let written = 0; //         bytes of the head's line that the kernel has
  let fdsSent = false; //     the head's descriptors are under way
  let retrying = false;

  const flush = () => {
    while (socket && state !== "closed") {
      const head = queue[0];
      if (!head) break;
      if (head.fds.length > 0 && !fdsSent) {
        if (!trySend(head.fds)) return;
        fdsSent = true;
        closeFds(head.fds);
      }
      const count = socket.write(written === 0 ? head.bytes : head.bytes.subarray(written));
      if (count < 0) return;
      written += count;
      if (written < head.bytes.length) return; // `drain` goes on
      queue.shift();
      written = 0;
      fdsSent = false;
    }
    if (state === "closing" && socket) socket.end();
  };

  const trySend = (fds: readonly number[]): boolean => {
    try {
      if (sendDescriptors(lane, fds)) return true;
    } catch {
      socket?.terminate(); // the other end is gone, or a descriptor of ours is not open: both end the link
      return false;
    }
    if (retrying) return false;
    retrying = true;
    systemClock.after(LANE_RETRY_MS, () => {
      retrying = false;
      flush();
    });
    return false;
  };

  const closed = () => {
    if (state === "closed") return;
    state = "closed";
    for (const [index, { fds }] of queue.entries()) if (index > 0 || !fdsSent) closeFds(fds);
    queue.length = 0;
    inbox.end();
    closeFd(lane);
    onClose?.();
  };

  adoptStream(stream, {
    open(opened) {
      socket = opened;
      flush();
    },
    data(from, bytes) {
      if (!inbox.push(bytes)) from.terminate();
    },
    drain: flush,
    close: closed,
    error: () => {}, // `close` follows
    connectError: closed,
  }).catch(closed);

  return {
    send(message, fds = []) {
      if (state !== "open") return;
      const bytes = Buffer.from(`${JSON.stringify([fds.length, message])}\n`);
      queue.push({ bytes, fds: fds.map((fd) => duplicate(fd)) });
      if (queue.length === 1) flush();
    },
    onMessage: inbox.onMessage,
    onClose(handler) {
      onClose = handler;
      if (state === "closed") queueMicrotask(handler);
    },
    close() {
      if (state !== "open") return;
      state = "closing";
      if (queue.length === 0) flush();
    },
  };
}

/** Cuts what arrives into messages, fetches their descriptors and keeps them until there is a handler. */
function makeInbox<In>(lane: number) {
  type Handler = (message: In, fds: readonly number[]) => void;
  let handler: Handler | undefined;
  let kept: { message: In; fds: readonly number[] }[] = [];
  let parts: Buffer[] = []; // of an unfinished line
  let partBytes = 0;
  let ended = false;

  const deliver = (line: Buffer): boolean => {
    let count: number;
    let message: In;
    try {
      [count, message] = JSON.parse(line.toString("utf8"));
    } catch {
      return false;
    }
    let fds: readonly number[] = count > 0 ? receiveDescriptors(lane) : [];
    if (fds.length !== count) {
      closeFds(fds);
      fds = [];
    }
    if (handler && kept.length === 0) handler(message, fds);
    else kept.push({ message, fds });
    return true;
  };

  return {
    /** false: that is no message of ours */
    push(bytes: Buffer): boolean {
      let start = 0;
      while (!ended) {
        const end = bytes.indexOf(NEWLINE, start);
        if (end < 0) break;
        const tail = bytes.subarray(start, end);
        const line = parts.length > 0 ? Buffer.concat([...parts, tail]) : tail;
        parts = [];
        partBytes = 0;
        start = end + 1;
        if (!deliver(line)) return false;
      }
      if (start < bytes.length) {
        parts.push(Buffer.from(bytes.subarray(start))); // the runtime may use its buffer again
        partBytes += bytes.length - start;
      }
      return partBytes <= MAX_LINE_BYTES;
    },
    onMessage(next: Handler) {
      handler = next;
      queueMicrotask(() => {
        const waiting = kept;
        kept = [];
        for (const { message, fds } of waiting) next(message, fds);
      });
    },
    end() {
      ended = true;
      parts = [];
    },
  };
}
