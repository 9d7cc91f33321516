// Makes a connection for one exchange.

import { MeshError } from "../../base/errors/index.ts";
import { fail } from "../layer.ts";
import { LIMITS } from "../limits.ts";
import { isCounted } from "../policy/connections.ts";
import { connectionTaker } from "../pool/limit.ts";
import { release } from "../pool/pool.ts";
import type { Core, Dialing, Exchange, Layer, Link, ServiceState } from "../shapes.ts";
import { timer } from "../timers.ts";
import { connect, describe, dropUpstream } from "./upstream.ts";

/** @param connectMs of the policy, 0: LIMITS.connectMs */
export function fresh(core: Core, service: ServiceState, connectMs: number): Layer {
  return (inner, outer) => {
    const take = connectionTaker(core, service, outer);
    const run = (x: Exchange) => {
      if (take(x, run)) dialFor(core, service, connectMs, x, inner, outer);
    };
    return { run };
  };
}

/**
 * Goes on inwards with `exchange.upstream`, or back outwards. A connection that nobody waits for any more is kept.
 * @param takeKept goes on inwards with one that came to rest meanwhile, if it may
 */
export function dialFor(
  core: Core,
  service: ServiceState,
  connectMs: number,
  x: Exchange,
  inner: Link,
  outer: Link,
  takeKept?: (x: Exchange) => boolean,
): void {
  if (!x.backend) {
    fail(outer, x, new MeshError("no_endpoint", "all of them went away"));
    return;
  }
  const dialing: Dialing = { wanted: x, limit: undefined, takeKept };
  const { isOpaque } = x;
  x.dialing = dialing;
  x.pooledMs = core.nowMs;
  // the opener answers at once and the connect has its own limit; this one is for an opener that is gone
  x.downstream.deadline = x.pooledMs + 2 * LIMITS.connectMs;
  const counting = isCounted(service) ? service : undefined;
  const { backend } = x;
  // the policy's limit is for whoever waits; the connection itself may still come about, and be used by others
  const limit = timer(() => {
    loseInterest(x);
    fail(outer, x, new MeshError("connect_timeout", `${describe(backend)} within ${connectMs} ms`));
  });
  if (connectMs > 0) {
    dialing.limit = limit;
    core.timers.arm(limit, core.nowMs + connectMs);
  }
  if (takeKept) backend.dialing.add(dialing);
  connect(
    core,
    backend,
    (result) => {
      core.timers.disarm(limit);
      backend.dialing.delete(dialing);
      const { wanted } = dialing;
      if (!wanted) {
        if (result instanceof MeshError) return;
        // the exchange it was made for has ended; the next request may take it
        return isOpaque ? dropUpstream(result) : release(core, result);
      }
      wanted.dialing = undefined;
      if (result instanceof MeshError) return fail(outer, wanted, result);
      wanted.connectedMs = core.nowMs;
      wanted.upstream = result;
      inner.run(wanted);
    },
    counting,
  );
}

/** The exchange ends before its connection stands. */
export function loseInterest(x: Exchange): void {
  if (!x.dialing) return;
  if (x.dialing.limit) x.downstream.core.timers.disarm(x.dialing.limit);
  x.backend?.dialing.delete(x.dialing);
  x.dialing.wanted = undefined;
  x.dialing = undefined;
}
