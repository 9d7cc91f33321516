// Gives the exchange a connection: a kept one or a fresh one. Keeping connections causes one failure of its own, that the
// app closes one in the very moment in which it is used; it is mended here, once, where nothing can happen twice.

import type { Core, Exchange, Layer, ServiceState } from "../shapes.ts";
import { dialFor } from "../upstream/fresh.ts";
import { connectionTaker } from "./limit.ts";
import { takeIdle } from "./pool.ts";

export function pool(core: Core, service: ServiceState): Layer {
  return (inner, outer) => {
    const take = connectionTaker(core, service, outer);
    const run = (x: Exchange) => {
      const kept = x.backend && takeIdle(core, x.backend, isReplayable(x));
      if (!kept) {
        if (take(x, run)) dialFor(core, service, x, inner, outer);
        return;
      }
      x.upstream = kept;
      x.isReused = true;
      x.pooledMs = core.nowMs;
      inner.run(x);
    };
    const dialAgain = (x: Exchange) => {
      if (take(x, dialAgain)) dialFor(core, service, x, inner, outer);
    };
    return {
      run,
      settle(x) {
        const isMendable = x.error?.retry === "reused" && x.isReused && !x.isRepeated && x.firstByteMs < 0;
        if (!isMendable || x.isAnswerBegun || !isReplayable(x) || x.downstream.isClosed) return outer.settle(x);
        x.error = undefined;
        x.isRepeated = true;
        x.isReused = false;
        x.sentMs = -1;
        dialAgain(x);
      },
    };
  };
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
