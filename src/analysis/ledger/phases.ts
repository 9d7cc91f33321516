// One exchange cut along its phases. Each cut ends where the next phase was reached; what was not reached takes no time.
import type { SeenExchange } from "../../model/figures.ts";
import type { Part } from "./types.ts";

/** What goes on until a phase is reached; `leg`: that of the caller or of the callee. `answer`: the callee has the request */
const UNTIL = [
  ["head", "network", "caller"],
  ["routed", "proxy"],
  ["pooled", "waiting for a connection"],
  ["connected", "connecting"],
  ["secured", "TLS"],
  ["sent", "network", "callee"],
  ["firstByte", "answer"],
  ["lastIn", "answer"],
  ["end", "network", "caller"],
] as const satisfies readonly (readonly [string, Part | "answer", ("caller" | "callee")?])[];

export type Cut = {
  readonly what: Part | "answer";
  readonly leg?: "caller" | "callee";
  /** µs since the epoch */
  readonly fromUs: number;
  readonly toUs: number;
};

/** Cuts without gaps from the first byte to the end, none of them empty. */
export function cutsOf({ startUs, durationUs, phases, attempts }: SeenExchange): Cut[] {
  const cuts: Cut[] = [];
  let at = 0;
  for (const [index, [phase, what, leg]] of UNTIL.entries()) {
    const isEnd = phase === "end";
    // an answer may come before the request has been sent to its end
    const reached = Math.min(isEnd ? durationUs : (phases[phase] ?? at), durationUs);
    if (reached <= at) continue;
    // one that ended early did so in what came next
    const isCutOff = isEnd && phases.lastIn === undefined;
    const next = isCutOff ? (UNTIL[lastReached(phases) + 1] ?? UNTIL[index]) : undefined;
    const [, stoppedIn = what, stoppedLeg = leg] = next ?? [];
    // the tries before the last one lie between the decision and the connection that worked
    const isRetry = phase === "pooled" && attempts > 1;
    const found = isRetry ? ("retries" as const) : isCutOff ? stoppedIn : what;
    const onLeg = isCutOff ? stoppedLeg : leg;
    cuts.push({
      what: found,
      ...(found === "network" && onLeg && { leg: onLeg }),
      fromUs: startUs + at,
      toUs: startUs + reached,
    });
    at = reached;
  }
  return cuts;
}

function lastReached(phases: SeenExchange["phases"]): number {
  return UNTIL.findLastIndex(([phase]) => phase !== "end" && phases[phase] !== undefined);
}
