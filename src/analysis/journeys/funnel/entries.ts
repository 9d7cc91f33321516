// When each case began a funnel, and how long it took to come through.
import type { Entries } from "../../objectives/conversion.ts";
import type { EventLog } from "../log.ts";
import { eachAttempt } from "./attempts.ts";
import { compileFunnel, type FunnelDefinition } from "./definition.ts";

/** @returns also what is wrong with the definition, in words that follow "the funnel " */
export function entriesOf(log: EventLog, definition: FunnelDefinition): Entries | { readonly wrong: string } {
  const funnel = compileFunnel(log, definition);
  if ("wrong" in funnel) return funnel;
  const { timesMs } = log;
  const all: (readonly [beganS: number, tookS: number])[] = [];
  eachAttempt(log, funnel, definition, ({ depth, positions }) => {
    const beganMs = timesMs[positions[0] as number] as number;
    const endedMs = depth === funnel.steps ? (timesMs[positions[depth - 1] as number] as number) : undefined;
    const tookS = endedMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, endedMs - beganMs) / 1000;
    all.push([beganMs / 1000, tookS]);
  });
  all.sort(([a], [b]) => a - b);
  return { beganS: Float64Array.from(all, ([began]) => began), tookS: Float64Array.from(all, ([, took]) => took) };
}
