// A second try while the first is under way: when an answer is late, the request is also given to another endpoint, and
// whichever answers first is heard. Only requests that may run twice and have no body; each second try is taken from the
// retry budget, so that a service that has become slow is not asked twice for everything.
//
// The second try has a caller of its own (filter/mirror/caller.ts) until it wins: then the exchange takes over its upstream,
// and goes on as if it had been sent there in the first place.
import { MeshError } from "../../../base/errors/index.ts";
import type { Retries } from "../../../model/traffic-policy.ts";
import { NO_BODY } from "../../../protocol/http1/framing.ts";
import { beginBody } from "../../body.ts";
import { renew } from "../../exchange.ts";
import { forgetDownstream } from "../../listen/downstream.ts";
import { adoptAnswer } from "../../send/answering.ts";
import { giveUp } from "../../send/give-up.ts";
import { requesting } from "../../send/requesting.ts";
import type { Core, Exchange, Hedge, Layer, Link, ServiceState } from "../../shapes.ts";
import { hostMs } from "../../time.ts";
import { timer } from "../../timers.ts";
import { loseInterest } from "../../upstream/fresh.ts";
import { dropUpstream } from "../../upstream/upstream.ts";
import { mirrorCaller } from "../mirror/caller.ts";
import { recordAttempt } from "../record/record.ts";
import { copyTrace } from "../record/trace.ts";
import { isIdempotent } from "../retry/causes.ts";

/** @param afterMs when the second try is made @param makeInner the rest of the way, for the second try; it comes out at `outer` */
export function hedge(
  core: Core,
  afterMs: number,
  policy: Retries,
  service: ServiceState,
  makeInner: (outer: Link) => Link,
): Layer {
  const { page, random } = core.deps;

  return (inner, outer) => {
    const second = makeInner({
      run() {},
      answer(twin) {
        win(twin);
        return false;
      },
      settle(twin) {
        recordAttempt(core, twin);
        forgetTwin(twin);
      },
    });

    /** the first one has failed, and the second is still under way */
    const waiting: Link = {
      run() {},
      answer: () => true,
      settle(x) {
        abandon(x);
        outer.settle(x);
      },
    };

    const begin = (x: Exchange, self: Hedge) => {
      if (x.hedge !== self || x.response || x.error || x.isSettled) return;
      if (service.slot < 0 || (x.destination?.backends.length ?? 0) < 2) return;
      if (!page.budgets.withdraw(service.slot, hostMs(core), policy.budgetShare, policy.budgetPerSecond)) return;
      const twin = twinOf(core, x);
      self.twin = twin;
      twin.way = second;
      second.run(twin);
    };

    const win = (twin: Exchange) => {
      const { twinOf: x, upstream: up, response } = twin;
      const self = x?.hedge;
      if (!x || !self || !up || !response) return;
      self.twin = undefined;
      if (self.error) {
        // it has left the layers further in already
        x.error = self.error;
        recordAttempt(core, x);
        x.way = self.way;
      } else {
        leave(core, x, self);
      }
      x.error = undefined;
      takeOver(x, twin);
      forgetTwin(twin);
      adoptAnswer(x, up, response, twin.answerRest);
    };

    const forgetTwin = (twin: Exchange) => {
      const { twinOf: x } = twin;
      twin.isSettled = true;
      twin.downstream.isClosed = true;
      forgetDownstream(twin.downstream);
      const self = x?.hedge;
      if (!x || !self || self.twin !== twin) return;
      self.twin = undefined;
      if (!self.error) return;
      // both have failed: what the first one met is what is told
      x.error = self.error;
      x.way = self.way;
      outer.settle(x);
    };

    const abandon = (x: Exchange) => {
      const twin = x.hedge?.twin;
      x.hedge = undefined;
      if (twin) giveUp(twin, new MeshError("not_needed", "the other try answered first"));
    };

    return {
      run(x) {
        if (x.head && x.request.isDone && !x.head.upgrade && isIdempotent(x.head.method)) {
          const self: Hedge = { twin: undefined, error: undefined, way: x.way, isLeaving: false, timer: undefined };
          self.timer = timer(() => begin(x, self));
          x.hedge = self;
          core.timers.arm(self.timer, core.nowMs + afterMs);
        }
        inner.run(x);
      },
      answer(x) {
        if (x.hedge?.timer) core.timers.disarm(x.hedge.timer);
        if (x.hedge?.twin) abandon(x);
        return outer.answer(x);
      },
      settle(x) {
        const self = x.hedge;
        if (self?.isLeaving) return;
        if (self?.timer) core.timers.disarm(self.timer);
        if (!self?.twin) return outer.settle(x);
        if (x.error?.side !== "upstream" || x.isAnswerBegun) return waiting.settle(x);
        self.error = x.error;
        self.way = x.way;
        x.error = undefined;
        x.way = waiting;
      },
    };

    /** The first try ends without a result: what it held is given back on the way out, and nobody is told. */
    function leave(core: Core, x: Exchange, self: Hedge): void {
      loseInterest(x);
      if (x.upstream?.exchange === x) dropUpstream(x.upstream);
      x.error = new MeshError("not_needed", "the other try answered first");
      recordAttempt(core, x);
      self.isLeaving = true;
      x.way.settle(x);
      self.isLeaving = false;
    }
  };

  function twinOf(core: Core, x: Exchange): Exchange {
    const caller = mirrorCaller(x.downstream);
    const twin = caller.exchange;
    renew(twin, x.way, x.startUs, x.startMs);
    twin.twinOf = x;
    twin.head = x.head;
    twin.headMs = x.headMs;
    twin.routedMs = x.routedMs;
    twin.rule = x.rule;
    twin.destination = x.destination;
    twin.sentTarget = x.sentTarget;
    twin.sentAuthority = x.sentAuthority;
    twin.sentLines = x.sentLines;
    twin.expiresMs = x.expiresMs;
    twin.attempts = x.attempts + 1;
    twin.tried.push(...x.tried);
    if (x.backend) twin.tried.push(x.backend);
    copyTrace(x.trace, twin.trace, random);
    beginBody(twin.request, NO_BODY, false);
    beginBody(twin.answer, NO_BODY, false);
    caller.stage = requesting;
    core.roster.add(caller);
    return twin;
  }
}

/** What the second try has and is becomes the exchange's own. */
function takeOver(x: Exchange, twin: Exchange): void {
  x.attempts = twin.attempts;
  x.backend = twin.backend;
  x.upstream = twin.upstream;
  if (x.upstream) x.upstream.exchange = x;
  x.drawnFirst = twin.drawnFirst;
  x.drawnSecond = twin.drawnSecond;
  x.isReused = twin.isReused;
  x.isPicked = twin.isPicked;
  x.isProbe = twin.isProbe;
  x.isHolding = twin.isHolding;
  x.tryMs = twin.tryMs;
  x.waitMs = twin.waitMs;
  x.idleMs = twin.idleMs;
  x.pooledMs = twin.pooledMs;
  x.connectedMs = twin.connectedMs;
  x.sentMs = twin.sentMs;
  x.firstByteMs = twin.firstByteMs;
  Object.assign(x.trace.sent, twin.trace.sent);
  x.trace.server0 = twin.trace.server0;
  x.trace.server1 = twin.trace.server1;
  twin.upstream = undefined;
  twin.isPicked = false;
  twin.isProbe = false;
  twin.isHolding = false;
}
