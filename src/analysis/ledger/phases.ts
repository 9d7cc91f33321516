// One exchange cut along its phases. Each cut ends where the next phase was reached; what was not reached takes no time.
import type { SeenExchange, Waits } from "../../model/figures.ts";
import type { Part } from "./types.ts";

/** What goes on until a phase is reached; `leg`: that of the caller or of the callee. `answer`: the callee has the request */
const UNTIL = [
  ["head", "network", "caller"],
  ["routed", "proxy"],
  ["pooled", "waiting for a connection"],
  ["connected", "connecting"],
  ["secured", "TLS"],
  ["sent", "network", "caller"],
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

const NO_WAITS: Waits = { requestUs: 0, answerUs: 0, resentUs: 0 };

/** Cuts without gaps from the first byte to the end, none of them empty. */
export function cutsOf({ startUs, durationUs, phases, attempts, waits = NO_WAITS }: SeenExchange): Cut[] {
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
    const [until, stoppedIn, stoppedLeg] = next ?? [phase, what, leg];
    // the tries before the last one lie between the decision and the connection that worked
    const found = phase === "pooled" && attempts > 1 ? ("retries" as const) : stoppedIn;
    const cut = { fromUs: startUs + at, toUs: startUs + reached };
    const onLeg = found === "network" && stoppedLeg ? { leg: stoppedLeg } : {};
    cuts.push(...divided({ ...cut, what: found, ...onLeg }, until, waits));
    at = reached;
  }
  return cuts;
}

/** Until a request is sent, and while an answer comes in, one side waits for the other: which one was seen. */
function divided(cut: Cut, until: string, { requestUs, answerUs, resentUs }: Waits): Cut[] {
  if (until === "sent") return split(cut, cut.toUs - requestUs, undefined, "callee");
  if (until === "firstByte") return split(cut, cut.fromUs + resentUs, "callee", undefined);
  if (until === "lastIn") return split(cut, cut.toUs - answerUs, undefined, "caller");
  return [cut];
}

/** @param before whose leg the part before it is, and @param after that after it; undefined: what the cut is */
function split(cut: Cut, us: number, before: Cut["leg"], after: Cut["leg"]): Cut[] {
  const atUs = Math.min(cut.toUs, Math.max(cut.fromUs, us));
  const part = (leg: Cut["leg"], fromUs: number, toUs: number): Cut =>
    leg ? { what: "network", leg, fromUs, toUs } : { ...cut, fromUs, toUs };
  return [part(before, cut.fromUs, atUs), part(after, atUs, cut.toUs)].filter(({ fromUs, toUs }) => toUs > fromUs);
}

function lastReached(phases: SeenExchange["phases"]): number {
  return UNTIL.findLastIndex(([phase]) => phase !== "end" && phases[phase] !== undefined);
}
