// An endpoint as the pool and the balancer know it.
import { load } from "../balance/load.ts";
import type { Backend } from "../shapes.ts";
import type { DialTarget } from "../types.ts";

/** @param sinceMs monotonic ms at which it came; −Infinity: it was here before we were */
export function backend(target: DialTarget, workload: number, zone?: string, sinceMs?: number): Backend {
  return {
    target,
    workload,
    port: target.port,
    load: load(sinceMs),
    slot: -1,
    zone,
    idle: [],
    dialing: new Set(),
    open: 0,
    idleLimitMs: Number.POSITIVE_INFINITY,
    distrustedUntilMs: 0,
    warmAfterMs: 0,
    isGone: false,
  };
}
