// What becomes of the caller's connection after an exchange: the next request, or an end that loses nothing.
import { carry } from "../body.ts";
import { hangUp, resume } from "../connection.ts";
import { LIMITS } from "../limits.ts";
import type { Downstream, Layer, Stage } from "../shapes.ts";
import { drained, finish } from "../socket-writer.ts";
import { closeWhenSilent, forgetDownstream, keepUnread, takeUnread } from "./downstream.ts";
import { awaitRequest } from "./reading.ts";

export function next(): Layer {
  return () => ({
    settle(x) {
      const down = x.downstream;
      if (down.isClosed || x.isTunnel) return;
      if (!x.isKept || down.isHalfClosed) return linger(down);
      if (x.request.isDone) return awaitAnother(down);
      down.stage = discarding;
      down.deadline = down.core.nowMs + LIMITS.headMs;
      discard(down);
    },
  });
}

/** When the end was decided after the answer's head had gone, the caller does not know yet: it has one more, which tells it. */
function awaitAnother(down: Downstream): void {
  awaitRequest(down);
  if (down.isLast) closeWhenSilent(down, LIMITS.drainSilenceMs);
}

/** An early answer: the rest of the request's body is read and thrown away, up to a limit. */
const discarding: Stage<Downstream> = {
  name: "discarding",
  data(down, bytes) {
    keepUnread(down, bytes);
    discard(down);
  },
  end: hangUp,
  drain(down) {
    drained(down.writer);
  },
  close: forgetDownstream,
  expire: linger,
};

function discard(down: Downstream): void {
  const { request } = down.exchange;
  if (down.unread) takeUnread(down, carry(request, down.core.batch, undefined, down.unread, down.unreadAt));
  if (request.isDone) awaitAnother(down);
  else if (request.violation || request.bytes > LIMITS.discardBytes) linger(down);
  else resume(down);
}

/**
 * Sends FIN and waits for the caller's, reading on: a close with unread bytes is a reset, which can destroy the answer on
 * its way (RFC 9112 §9.6).
 */
function linger(down: Downstream): void {
  down.stage = lingering;
  down.unread = undefined;
  finish(down.writer);
  const isWaiting = down.writer.pendingBytes > 0;
  if (down.isHalfClosed && !isWaiting) {
    hangUp(down);
    return;
  }
  down.deadline = down.core.nowMs + (isWaiting ? LIMITS.streamIdleMs : LIMITS.lingerMs);
  resume(down);
}

const lingering: Stage<Downstream> = {
  name: "lingering",
  data() {},
  end(down) {
    down.isHalfClosed = true;
    if (down.writer.pendingBytes === 0) hangUp(down);
  },
  drain(down) {
    if (!drained(down.writer)) return;
    down.deadline = down.core.nowMs + LIMITS.lingerMs;
    if (down.isHalfClosed) hangUp(down);
  },
  close: forgetDownstream,
  expire: hangUp,
};
