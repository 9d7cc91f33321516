// An endpoint as the pool and the balancer know it.
import type { Backend } from "../shapes.ts";
import type { DialTarget } from "../types.ts";

export function backend(target: DialTarget, workload: number): Backend {
  return {
    target,
    workload,
    port: target.port,
    idle: [],
    open: 0,
    idleLimitMs: Number.POSITIVE_INFINITY,
    isGone: false,
  };
}
