// A caller's connection while its request is being carried: the body goes to the service as fast as that takes it, and
// what follows the request waits.
import { MeshError } from "../../base/errors/index.ts";
import { flush } from "../batch.ts";
import { carry, hold, letGo } from "../body.ts";
import { pause, resume } from "../connection.ts";
import { feed } from "../filter/mirror/feed.ts";
import { LIMITS } from "../limits.ts";
import { forgetDownstream, keepUnread, takeUnread } from "../listen/downstream.ts";
import type { Downstream, Exchange, Stage, Upstream } from "../shapes.ts";
import { drained } from "../socket-writer.ts";
import { giveUp } from "./give-up.ts";

export const requesting: Stage<Downstream> = {
  name: "exchange",
  data(down, bytes) {
    const x = down.exchange;
    keepUnread(down, bytes);
    if (x.request.isDone || !x.upstream || x.upstream.exchange !== x) return pause(down);
    down.deadline = down.core.nowMs + x.idleMs;
    passRequest(x, x.upstream);
  },
  end(down) {
    const x = down.exchange;
    down.isHalfClosed = true;
    down.isLast = true;
    if (!x.request.isDone) return giveUp(x, new MeshError("client_gone", "in the middle of its request"));
    // `nc -N` and the like still want their answer, but most who close are gone: only a write would tell
    if (x.firstByteMs < 0) down.deadline = down.core.nowMs + LIMITS.halfClosedMs;
  },
  drain(down) {
    const x = down.exchange;
    if (!drained(down.writer)) return;
    letGo(x.answer, down.core.nowMs);
    if (x.upstream && x.upstream.exchange === x) resume(x.upstream);
  },
  close(down) {
    forgetDownstream(down);
    giveUp(down.exchange, clientGone(down.exchange));
  },
  expire(down) {
    giveUp(down.exchange, overdue(down.exchange));
  },
};

/** Passes on what is there of the request's body, together with the head that waits in the batch. */
export function passRequest(x: Exchange, up: Upstream): void {
  const down = x.downstream;
  const { core } = down;
  const { unread, unreadAt } = down;
  const at = unread ? carry(x.request, core.batch, up.writer, unread, unreadAt) : 0;
  flush(core.batch, up.writer);
  if (unread) {
    takeUnread(down, at);
    // after the message is put together: copies are put together in the same place
    if (x.mirrors) feed(x.mirrors, unread, unreadAt, at);
  }
  if (x.request.violation) {
    const { detail, rule } = x.request.violation;
    giveUp(x, new MeshError("request_invalid", `${detail} (${rule})`));
  } else if (x.request.isDone) {
    x.sentMs = core.nowMs;
    letGo(x.request, core.nowMs);
    if (down.unread) pause(down);
  } else if (up.writer.pendingBytes > 0) {
    hold(x.request, core.nowMs);
    pause(down);
  } else {
    resume(down);
  }
}

function clientGone(x: Exchange): MeshError {
  return new MeshError("client_gone", x.isAnswerBegun ? "in the middle of the answer" : "before the answer began");
}

function overdue(x: Exchange): MeshError {
  const { writer, isHalfClosed } = x.downstream;
  if (x.dialing) return new MeshError("proxy_exhausted", "the connection was not made in time");
  if (!x.upstream && !x.isAnswerBegun) return new MeshError("proxy_exhausted", "no connection became free in time");
  if (isHalfClosed && x.firstByteMs < 0) return clientGone(x);
  if (writer.pendingBytes > 0) return new MeshError("client_gone", "it stopped reading the answer");
  if (x.isAnswerBegun) return new MeshError("response_stalled", `for ${x.idleMs / 1000} s`);
  if (!x.request.isDone && !x.upstream?.writer.pendingBytes)
    return new MeshError("request_timeout", "its body stalled");
  return new MeshError("response_timeout", `within ${x.waitMs / 1000} s`);
}
