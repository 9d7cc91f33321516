// A caller's connection before its protocol is known. Its first bytes tell; when none come, the service is dialled and
// both sides are listened to, so that a protocol whose server begins waits for a moment once and then never again.
import { MeshError } from "../../base/errors/index.ts";
import { hangUp, hangUpSilent, pause, resume } from "../connection.ts";
import { renew, takeExchange } from "../exchange.ts";
import { LIMITS } from "../limits.ts";
import { forgetDownstream, keepUnread } from "../listen/downstream.ts";
import { awaitRequest } from "../listen/reading.ts";
import { giveUp } from "../send/give-up.ts";
import { beginTunnel } from "../send/tunnel.ts";
import type { Downstream, Stage } from "../shapes.ts";
import { drained } from "../socket-writer.ts";
import { wake } from "../time.ts";
import { loseInterest } from "../upstream/fresh.ts";
import { dropUpstream } from "../upstream/upstream.ts";
import { type Guess, guessProtocol } from "./protocol.ts";

export function detect(down: Downstream): void {
  const begins = down.destination?.begins;
  if (begins === "server") {
    beginOpaque(down, true);
    return;
  }
  down.stage = detecting;
  if (begins === "client") {
    down.deadline = down.openedMs + LIMITS.keepAliveMs;
    return;
  }
  const { clock } = down.core.deps;
  // one timer per connection that is silent at first; it finds another stage when the first byte came in time
  clock.after(LIMITS.silenceMs, () => {
    if (down.stage !== detecting || down.isClosed) return;
    wake(down.core);
    silent(down);
  });
}

const detecting: Stage<Downstream> = {
  name: "detecting",
  data(down, bytes) {
    if (!down.unread) {
      down.headBeganMs = down.core.nowMs;
      down.deadline = down.headBeganMs + LIMITS.headMs;
    }
    keepUnread(down, bytes);
    const is = guess(down);
    if (is === "http") awaitRequest(down);
    else if (is === "tcp") beginOpaque(down, false);
  },
  end(down) {
    if (!down.unread && down.destination?.begins === "client") return hangUp(down);
    down.isHalfClosed = true;
    beginOpaque(down, false);
  },
  drain() {},
  close: forgetDownstream,
  // it began like HTTP: the reader of heads says 408
  expire(down) {
    if (!down.unread) return hangUpSilent(down);
    awaitRequest(down);
    down.stage.expire(down);
  },
};

function silent(down: Downstream): void {
  if (!down.unread) beginOpaque(down, true);
  else if (guess(down) === "unsure") beginOpaque(down, false);
}

function guess(down: Downstream): Guess {
  return down.unread ? guessProtocol(down.unread, LIMITS.detectBytes) : "unsure";
}

/** @param isUndecided nobody has said anything: it may still turn out to be HTTP */
export function beginOpaque(down: Downstream, isUndecided: boolean): void {
  const { core } = down;
  const x = takeExchange(down);
  renew(x, core.opaque, core.epochUs + down.openedMs * 1000, down.openedMs);
  x.request.bytes = 0;
  x.answer.bytes = 0;
  x.isOpaque = true;
  x.isUndecided = isUndecided;
  down.stage = undecided;
  if (down.unread) pause(down);
  x.way.run(x);
}

/** Until the connection to the service stands, and then until somebody speaks. */
const undecided: Stage<Downstream> = {
  name: "undecided",
  data(down, bytes) {
    const x = down.exchange;
    keepUnread(down, bytes);
    const is = x.isUndecided ? guess(down) : "tcp";
    if (is === "http" || is === "likely") return becomeHttp(down);
    x.isUndecided = false;
    if (x.upstream?.exchange === x) beginTunnel(x, x.upstream, undefined);
    else pause(down);
  },
  end(down) {
    const x = down.exchange;
    down.isHalfClosed = true;
    x.isUndecided = false;
    if (x.upstream?.exchange === x) beginTunnel(x, x.upstream, undefined);
  },
  drain(down) {
    drained(down.writer);
  },
  close(down, error) {
    forgetDownstream(down);
    giveUp(down.exchange, new MeshError("client_gone", error?.code ?? "before the connection to the service stood"));
  },
  expire(down) {
    giveUp(down.exchange, new MeshError("connect_timeout", down.destination?.name ?? down.address));
  },
};

/** The connection made on suspicion is not used; there is no record of it, because nothing was carried. */
function becomeHttp(down: Downstream): void {
  const x = down.exchange;
  loseInterest(x);
  if (x.upstream?.exchange === x) dropUpstream(x.upstream);
  // the layers give back what they hold for it; it proves nothing about the endpoint, and has no record
  x.isSettled = true;
  x.isProbe = false;
  x.way.settle(x);
  down.headBeganMs = down.core.nowMs;
  down.deadline = down.headBeganMs + LIMITS.headMs;
  down.stage = detecting;
  resume(down);
  if (guess(down) === "http") awaitRequest(down);
}
