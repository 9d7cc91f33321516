// Makes a connection for one exchange.
import { MeshError } from "../../base/errors/index.ts";
import { fail } from "../layer.ts";
import { LIMITS } from "../limits.ts";
import { release } from "../pool/pool.ts";
import type { Core, Dialing, Exchange, Layer, Link } from "../shapes.ts";
import { connect, dropUpstream } from "./upstream.ts";

export function fresh(core: Core): Layer {
  return (inner, outer) => ({ run: (x) => dialFor(core, x, inner, outer) });
}

/** Goes on inwards with `exchange.upstream`, or back outwards. A connection that nobody waits for any more is kept. */
export function dialFor(core: Core, x: Exchange, inner: Link, outer: Link): void {
  if (!x.backend) {
    fail(outer, x, new MeshError("no_endpoint", "all of them went away"));
    return;
  }
  const dialing: Dialing = { wanted: x };
  const { isOpaque } = x;
  x.dialing = dialing;
  x.pooledMs = core.nowMs;
  // the opener answers at once and the connect has its own limit; this one is for an opener that is gone
  x.downstream.deadline = x.pooledMs + 2 * LIMITS.connectMs;
  connect(core, x.backend, (result) => {
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
  });
}

/** The exchange ends before its connection stands. */
export function loseInterest(x: Exchange): void {
  if (!x.dialing) return;
  x.dialing.wanted = undefined;
  x.dialing = undefined;
}
