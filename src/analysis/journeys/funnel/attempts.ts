// Each attempt at a funnel that counts, over the whole log.
import { type EventLog, eachCase } from "../log.ts";
import type { CompiledFunnel, FunnelDefinition } from "./definition.ts";
import { searchOf } from "./search.ts";

export type Attempt = {
  visitor: number;
  /** events of the case, `to` not included; with re-entry, of this attempt */
  from: number;
  to: number;
  /** steps reached, at least 1 */
  depth: number;
  /** the event of each reached step; valid during the call alone */
  readonly positions: Int32Array;
};

/** @returns how many cases there are, those included that never reached the first step */
export function eachAttempt(
  log: EventLog,
  funnel: CompiledFunnel,
  { unit, reentry }: Pick<FunnelDefinition, "unit" | "reentry">,
  visit: (attempt: Attempt) => void,
): number {
  const search = searchOf(log, funnel);
  const attempt: Attempt = { visitor: 0, from: 0, to: 0, depth: 0, positions: search.positions };
  const opening = funnel.order === "any" ? -1 : 1;
  let cases = 0;
  const look = (from: number, to: number) => {
    attempt.depth = search.run(from, to);
    attempt.from = from;
    attempt.to = to;
    if (attempt.depth > 0) visit(attempt);
  };

  eachCase(log, unit, (from, to, visitor) => {
    cases++;
    attempt.visitor = visitor;
    if (reentry === "once") return look(from, to);
    for (let first = opens(from, to); first < to; ) {
      const end = endOfWindow(first, to);
      look(first, end);
      first = opens(attempt.depth === funnel.steps ? lastPosition() + 1 : end, to);
    }
  });
  return cases;

  function opens(from: number, to: number): number {
    let at = from;
    while (at < to && ((funnel.isStep[log.events[at] as number] as number) & opening) === 0) at++;
    return at;
  }

  function endOfWindow(first: number, to: number): number {
    const last = (log.timesMs[first] as number) + funnel.windowMs;
    let end = first + 1;
    while (end < to && (log.timesMs[end] as number) <= last) end++;
    return end;
  }

  /** With simultaneous steps the last step is not always the last event. */
  function lastPosition(): number {
    let last = 0;
    for (const position of search.positions) if (position > last) last = position;
    return last;
  }
}
