// Bytes both ways, unseen: opaque connections, and HTTP ones after an upgrade or CONNECT. Half-closes pass as half-closes,
// resets as resets, and neither side is read faster than the other takes.
import { MeshError } from "../../base/errors/index.ts";
import { destroy, hangUp, pause, resume } from "../connection.ts";
import { recordTurn } from "../filter/record/turn.ts";
import { LIMITS } from "../limits.ts";
import { forgetDownstream } from "../listen/downstream.ts";
import type { Downstream, Exchange, Stage, Upstream } from "../shapes.ts";
import { drained, finish, writeOwned } from "../socket-writer.ts";
import { follower } from "../turns/follow.ts";
import { forgetUpstream } from "../upstream/upstream.ts";

/** @param early what the service sent already */
export function beginTunnel(x: Exchange, up: Upstream, early: Buffer | undefined): void {
  const down = x.downstream;
  x.isTunnel = true;
  x.isKept = false;
  x.isUndecided = false;
  if (x.isOpaque) x.follower = follower((turn, protocol) => recordTurn(up.core, x, turn, protocol));
  up.exchange = x;
  up.exchanges++;
  up.stage = tunnelUpstream;
  down.stage = tunnelDownstream;
  down.socket.setKeepAlive(true, 60_000);
  touch(down);
  resume(up);
  resume(down);
  if (early) tunnelUpstream.data(up, early);
  const { unread, unreadAt } = down;
  down.unread = undefined;
  if (unread) tunnelDownstream.data(down, unreadAt === 0 ? unread : unread.subarray(unreadAt));
  if (down.isHalfClosed) finish(up.writer);
}

/** of the policy when it says one: what is usual for a stream is not for a tunnel */
function idleMs({ idleMs }: Exchange): number {
  return idleMs === 0 || idleMs === LIMITS.streamIdleMs ? LIMITS.tunnelIdleMs : idleMs;
}

function touch(down: Downstream): void {
  down.deadline = down.core.nowMs + idleMs(down.exchange);
}

const tunnelDownstream: Stage<Downstream> = {
  name: "tunnel",
  data(down, bytes) {
    const { upstream: up, request } = down.exchange;
    if (!up) return;
    touch(down);
    request.bytes += bytes.length;
    down.exchange.follower?.asked(bytes, down.core.nowMs);
    writeOwned(up.writer, bytes, 0, bytes.length);
    if (up.writer.pendingBytes > 0) pause(down);
  },
  end(down) {
    down.isHalfClosed = true;
    if (down.exchange.upstream) finish(down.exchange.upstream.writer);
  },
  drain(down) {
    const { upstream: up } = down.exchange;
    if (drained(down.writer) && up) resume(up);
  },
  close(down, error) {
    const x = down.exchange;
    const up = x.upstream;
    forgetDownstream(down);
    if (error) x.error ??= new MeshError("client_gone", error.code ?? "reset");
    if (!up || up.isClosed) return ended(x);
    if (error) destroy(up);
    // both of its directions are finished; what the service was sent is on its way, and it may have its say no more
    else if (!up.writer.isEnding || up.writer.pendingBytes === 0) hangUp(up);
  },
  expire(down) {
    const x = down.exchange;
    x.error ??= new MeshError("connection_idle", `for ${idleMs(x) / 1000} s`);
    destroy(down);
    if (x.upstream) destroy(x.upstream);
  },
};

const tunnelUpstream: Stage<Upstream> = {
  name: "tunnel",
  data(up, bytes) {
    const x = up.exchange;
    if (!x) return;
    const down = x.downstream;
    touch(down);
    if (x.firstByteMs < 0) x.firstByteMs = up.core.nowMs;
    x.answer.bytes += bytes.length;
    x.follower?.answered(bytes, up.core.nowMs);
    writeOwned(down.writer, bytes, 0, bytes.length);
    if (down.writer.pendingBytes > 0) pause(up);
  },
  end(up) {
    const x = up.exchange;
    if (!x) return;
    x.lastInMs = up.core.nowMs;
    finish(x.downstream.writer);
  },
  drain(up) {
    if (!drained(up.writer)) return;
    const down = up.exchange?.downstream;
    if (!down) return;
    if (down.isClosed) hangUp(up);
    else resume(down);
  },
  close(up, error) {
    const x = up.exchange;
    forgetUpstream(up);
    if (!x) return;
    const down = x.downstream;
    if (error && !down.isClosed) x.error ??= new MeshError("upstream_reset", error.code ?? "reset");
    if (down.isClosed) return ended(x);
    if (error) destroy(down);
    else if (!down.writer.isEnding || down.writer.pendingBytes === 0) hangUp(down);
  },
  expire() {},
};

/** Both sides are closed. */
function ended(x: Exchange): void {
  if (x.lastInMs < 0) x.lastInMs = x.downstream.core.nowMs;
  x.follower?.close((turn, protocol) => {
    const error = turn.endMs < 0 ? (x.error?.code ?? "client_gone") : undefined;
    recordTurn(x.downstream.core, x, turn, protocol, error);
  });
  x.way.settle(x);
}
