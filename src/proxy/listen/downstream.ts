// What a connection from a caller is when it arrives, and what it said that nobody has taken yet.

import type { WorkloadIdentity } from "../../model/workload.ts";
import type { FieldLines } from "../../protocol/http1/types.ts";
import { AT_REST } from "../exchange.ts";
import type { Core, Downstream, Stage } from "../shapes.ts";
import { socketWriter } from "../socket-writer.ts";
import { descriptor, type ProxySocket } from "../sockets.ts";
import { wake } from "../time.ts";
import type { Origin } from "../types.ts";

export function downstream(
  core: Core,
  socket: ProxySocket<Downstream>,
  origin: Origin,
  address: string,
  stage: Stage<Downstream>,
): Downstream {
  const now = wake(core);
  return {
    side: "downstream",
    core,
    origin,
    source: origin.kind === "outbound" ? origin.caller.key : 0,
    address,
    port: socket.localPort,
    destination: undefined,
    socket,
    fd: descriptor(socket),
    writer: socketWriter(socket),
    stage,
    deadline: Number.POSITIVE_INFINITY,
    isPaused: false,
    isClosed: false,
    openedMs: now,
    exchanges: 0,
    retransmits: 0,
    busyUs: 0,
    place: -1,
    unread: undefined,
    unreadAt: 0,
    forwarded: "" as FieldLines,
    forwardedHost: undefined,
    headBeganMs: -1,
    isLast: false,
    isHalfClosed: false,
    isReading: false,
    exchange: AT_REST,
  };
}

/** Adds what arrived to what nobody has taken. */
export function keepUnread(down: Downstream, bytes: Buffer): void {
  if (!down.unread) {
    down.unread = bytes;
    down.unreadAt = 0;
    return;
  }
  down.unread = Buffer.concat([down.unread.subarray(down.unreadAt), bytes]);
  down.unreadAt = 0;
}

/** `at` is how far the unread bytes have been taken. */
export function takeUnread(down: Downstream, at: number): void {
  down.unreadAt = at;
  if (down.unread && at >= down.unread.length) down.unread = undefined;
}

/** A request may be on its way, and would be lost: the connection is closed once it has carried nothing for so long. */
export function closeWhenSilent(down: Downstream, silenceMs: number): void {
  if (isSilent(down)) down.deadline = Math.min(down.deadline, down.core.nowMs + silenceMs);
}

/** Nothing of a request is here. */
export function isSilent({ stage, unread }: Downstream): boolean {
  return !unread && (stage.name === "idle" || stage.name === "detecting");
}

/** Every stage's `close` ends here. */
export function forgetDownstream(down: Downstream): void {
  down.unread = undefined;
  down.core.roster.remove(down);
}

/** The workload that called; undefined: it came in from outside. */
export function callerOf({ origin }: Downstream): WorkloadIdentity | undefined {
  return origin.kind === "outbound" ? origin.caller : undefined;
}
