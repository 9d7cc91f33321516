// Gives the exchange a connection: a kept one or a fresh one. Keeping connections causes one failure of its own, that the
// app closes one in the very moment in which it is used; it is mended here, once, where nothing can happen twice.
import { discardAnswer } from "../send/answering.ts";
import type { Core, Exchange, Layer, ServiceState } from "../shapes.ts";
import { dialFor, loseInterest } from "../upstream/fresh.ts";
import { connectionTaker } from "./limit.ts";
import { distrust, takeIdle } from "./pool.ts";

export function pool(core: Core, service: ServiceState, connectMs: number): Layer {
  return (inner, outer) => {
    const take = connectionTaker(core, service, outer);
    const takeKept = (x: Exchange): boolean => {
      const kept = x.backend && takeIdle(core, x.backend, isReplayable(x));
      if (!kept) return false;
      loseInterest(x);
      x.upstream = kept;
      x.isReused = true;
      x.pooledMs = core.nowMs;
      inner.run(x);
      return true;
    };
    const run = (x: Exchange) => {
      if (!takeKept(x) && take(x, run)) dialFor(core, service, connectMs, x, inner, outer, takeKept);
    };
    const dialAgain = (x: Exchange) => {
      if (take(x, dialAgain)) dialFor(core, service, connectMs, x, inner, outer);
    };
    const mend = (x: Exchange) => {
      x.error = undefined;
      x.isRepeated = true;
      x.isReused = false;
      x.sentMs = -1;
      dialAgain(x);
    };
    return {
      run,
      answer(x) {
        if (!isFarewell(x) || !isMendable(x)) return outer.answer(x);
        discardAnswer(x);
        x.upstream = undefined;
        x.response = undefined;
        x.status = 0;
        x.firstByteMs = -1;
        mend(x);
        return false;
      },
      settle(x) {
        const isReuseError = x.error?.retry === "reused" && x.firstByteMs < 0 && x.isReused;
        if (isReuseError && x.backend) distrust(core, x.backend);
        if (isReuseError && isMendable(x)) mend(x);
        else outer.settle(x);
      },
    };
  };
}

/** Some apps say why they close a connection that rested (RFC 9110 §15.5.9): it answers no request. */
function isFarewell({ response }: Exchange): boolean {
  return response?.status === 408 && !response.keepAlive;
}

function isMendable(x: Exchange): boolean {
  return x.isReused && !x.isRepeated && !x.isAnswerBegun && isReplayable(x) && !x.downstream.isClosed;
}

/** May be sent twice, and can be: idempotent (RFC 9110 §9.2.2) and without a body that is gone once it was passed on. */
function isReplayable({ head, request }: Exchange): boolean {
  if (head?.framing.kind !== "none" || request.bytes > 0 || head.upgrade !== undefined) return false;
  switch (head.method) {
    case "GET":
    case "HEAD":
    case "PUT":
    case "DELETE":
    case "OPTIONS":
    case "TRACE":
      return true;
    default:
      return false;
  }
}
