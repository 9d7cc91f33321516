// The time that a request may take, all tries and the whole answer included: the shortest of what the caller says, the
// route and the policy. What is left of it is told to the service, so that its own calls end when nobody waits any more.
//
// It is told in the field that Envoy's routers send and heed (there is no standard for HTTP/1), so that applications and
// meshes which know it need not learn another. From inside the mesh it is heeded; from outside it is dropped: a stranger
// must not decide how long we work.
import { MeshError } from "../../../base/errors/index.ts";
import { fail } from "../../layer.ts";
import { giveUp } from "../../send/give-up.ts";
import type { Core, Exchange, Layer } from "../../shapes.ts";
import { timer } from "../../timers.ts";

/** Heeds the caller's limit and, at the end, takes the timer off whoever set it. */
export function deadline(core: Core): Layer {
  return (inner, outer) => ({
    run(x) {
      const ms = x.head?.timeoutMs;
      if (ms !== undefined && x.downstream.origin.kind !== "published") limit(core, x, ms);
      inner.run(x);
    },
    settle(x) {
      if (x.expiry) core.timers.disarm(x.expiry);
      outer.settle(x);
    },
  });
}

/** @param ms from the request's first byte on */
export function limited(core: Core, ms: number): Layer {
  return (inner, outer) => ({
    run(x) {
      // it was held back for longer than it may take
      if (core.nowMs >= x.startMs + ms) return fail(outer, x, overdue(ms));
      limit(core, x, ms);
      inner.run(x);
    },
  });
}

function limit(core: Core, x: Exchange, ms: number): void {
  const at = x.startMs + ms;
  if (at >= x.expiresMs) return;
  x.expiresMs = at;
  x.expiry ??= timer(() => expire(x));
  core.timers.arm(x.expiry, at);
}

function expire(x: Exchange): void {
  // two ends that talk to each other have left the request behind
  if (x.isTunnel) return;
  // the service has done its part; how fast the caller reads has a limit of its own
  if (x.lastInMs >= 0) return;
  giveUp(x, overdue(x.expiresMs - x.startMs));
}

function overdue(ms: number): MeshError {
  return new MeshError("request_overdue", `${Math.round(ms)} ms`);
}
