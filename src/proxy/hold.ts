// Holds an exchange back for some time, in a layer. Whoever ends it meanwhile (the client goes away, its time is over) does
// so at that layer's outer side: what lies further in has nothing to do with it.
import { LIMITS } from "./limits.ts";
import type { Core, Exchange, Link } from "./shapes.ts";
import { timer } from "./timers.ts";

/** Calls `go` after `ms`, unless the exchange has ended. */
export function hold(core: Core, x: Exchange, outer: Link, ms: number, go: () => void): void {
  const { turn, way } = x;
  x.way = outer;
  x.downstream.deadline = core.nowMs + ms + LIMITS.firstByteMs;
  const held = timer(() => {
    if (x.turn !== turn || x.isSettled || x.error) return;
    x.way = way;
    go();
  });
  core.timers.arm(held, core.nowMs + ms);
}
