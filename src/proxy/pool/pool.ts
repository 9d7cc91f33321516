// Kept connections, per backend. A request that must not be sent twice gets an old one only if it is surely still alive;
// one that may be repeated takes the chance.
import { destroy, hangUp, resume } from "../connection.ts";
import { LIMITS } from "../limits.ts";
import type { Backend, Core, Stage, Upstream } from "../shapes.ts";
import { dropUpstream, forgetUpstream } from "../upstream/upstream.ts";
import { offer } from "./limit.ts";

/** of an app's seen limit: what was measured here is later than what the app measures by the way of the FIN and a bit */
const SAFE_SHARE = 0.8;
/** closes after a shorter rest say nothing about a limit: the app was restarting, or never keeps connections */
const TELLING_MS = 500;
const DISTRUST_MS = 60_000;

/** A connection at rest that may carry the request, or undefined: make one. The one used last comes first. */
export function takeIdle(core: Core, backend: Backend, isReplayable: boolean): Upstream | undefined {
  const { idle } = backend;
  if (idle.length === 0 || (!isReplayable && core.nowMs < backend.distrustedUntilMs)) return undefined;
  const now = core.nowMs;
  const known = backend.idleLimitMs * SAFE_SHARE;
  const limit = isReplayable || known !== Number.POSITIVE_INFINITY ? known : LIMITS.poolTrustMs;
  for (;;) {
    const upstream = idle.at(-1);
    // all below have rested longer still; they stay for requests that may be repeated
    if (!upstream || now - upstream.restingSince > limit) return undefined;
    idle.pop();
    if (!isReplayable && core.deps.sockets.peek(upstream.fd) !== "open") {
      learn(upstream);
      dropUpstream(upstream);
      continue;
    }
    upstream.deadline = Number.POSITIVE_INFINITY;
    return upstream;
  }
}

/** Puts a connection that has answered whole to rest, or closes it when nobody would want it. */
export function release(core: Core, upstream: Upstream): void {
  const { backend } = upstream;
  upstream.exchange = undefined;
  if (core.isDraining || backend.isGone || backend.idle.length >= LIMITS.poolIdle || upstream.unread) {
    dropUpstream(upstream);
    return;
  }
  upstream.stage = resting;
  upstream.restingSince = core.nowMs;
  upstream.deadline = core.nowMs + LIMITS.poolIdleMs;
  backend.idle.push(upstream);
  resume(upstream);
  if (backend.dialing.size > 0 && isHandedOver(backend)) return;
  if (upstream.service && upstream.service.waiting.length > 0) offer(core, upstream.service, backend);
}

/** A connection of one's own may take seconds, when the app is too busy to accept it: whoever waits longest takes this one. */
function isHandedOver({ dialing }: Backend): boolean {
  for (const { wanted, takeKept } of dialing) if (wanted && takeKept?.(wanted)) return true;
  return false;
}

const resting: Stage<Upstream> = {
  name: "idle",
  // nobody asked: an answer to nothing would become the answer to the next request
  data: destroy,
  end(upstream) {
    learn(upstream);
    hangUp(upstream);
  },
  drain() {},
  close(upstream) {
    leave(upstream);
    forgetUpstream(upstream);
  },
  expire: hangUp,
};

/** What the app did last is what it does: a wrong lesson (it was restarted) is unlearned at the next close. */
function learn(upstream: Upstream): void {
  const rested = upstream.core.nowMs - upstream.restingSince;
  if (rested >= TELLING_MS) upstream.backend.idleLimitMs = rested;
  else distrust(upstream.core, upstream.backend);
}

/** It closes connections when nobody expects it: what must not be sent twice gets a fresh one for some time. */
export function distrust(core: Core, backend: Backend): void {
  backend.distrustedUntilMs = core.nowMs + DISTRUST_MS;
}

function leave(upstream: Upstream): void {
  const { idle } = upstream.backend;
  const place = idle.indexOf(upstream);
  if (place >= 0) idle.splice(place, 1);
}

export function closeIdle(backend: Backend): void {
  for (const upstream of backend.idle.splice(0)) dropUpstream(upstream);
}
