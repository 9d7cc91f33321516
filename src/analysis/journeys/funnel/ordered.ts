// Steps one after the other, with anything between them. One pass: for each step, of all ways to have come there that can
// still go on, the one that started last is kept, because it goes on within the window whenever another one does.
import type { CompiledFunnel } from "./definition.ts";
import type { Search, SearchInput } from "./search-type.ts";

/** How many events before a step may be looked at for a simultaneous next one; a burst of more is no visitor's. */
const LOOK_BACK = 64;

export function searchOrdered(
  { timesMs, events }: SearchInput,
  { steps, windowMs, graceMs, isStep, forbids }: CompiledFunnel,
): Search {
  const positions = new Int32Array(steps);
  /** by step: when the kept way started; -Infinity: there is none */
  const started = new Float64Array(steps);
  /** by step: the events of the kept way, `steps` places each */
  const ways = new Int32Array(steps * steps);
  // Copied element by element: a view for each copy would cost more than the copy.
  const way = new Int32Array(steps);
  const seen = new Int32Array(steps * LOOK_BACK);
  let best = 0;
  let first = 0;
  /** counts looks back, so that marks of the one before need no clearing */
  let look = 0;

  return {
    positions,
    run(from, to) {
      best = 0;
      first = from;
      started.fill(-Infinity);
      for (let at = from; at < to && best < steps; at++) {
        const event = events[at] as number;
        const bits = isStep[event] as number;
        const forbidden = forbids[event] as number;
        if ((bits | forbidden) === 0) continue;
        // From the last step down, so that an event is one step of a way and not two.
        for (let step = steps - 1; step >= 0; step--) {
          if ((forbidden >>> step) & 1) started[step] = -Infinity;
          if ((bits >>> step) & 1) take(step, at);
        }
      }
      return best;
    },
  };

  /** The event is a step, if there is a way to the one before. */
  function take(step: number, at: number): void {
    const time = timesMs[at] as number;
    const start = step === 0 ? time : (started[step - 1] as number);
    if (start === -Infinity || time - start > windowMs) return;
    for (let one = 0; one < step; one++) way[one] = ways[(step - 1) * steps + one] as number;
    way[step] = at;
    reach(step, start, true);
    const previous = at - 1;
    if (graceMs === 0 || previous < first || time - (timesMs[previous] as number) > graceMs) return;
    look++;
    lookBack(step, at, at, start);
  }

  /** @param isOpen nothing that is excluded has come since */
  function reach(step: number, start: number, isOpen: boolean): void {
    if (isOpen && start >= (started[step] as number)) {
      started[step] = start;
      for (let one = 0; one <= step; one++) ways[step * steps + one] = way[one] as number;
    }
    if (step + 1 <= best) return;
    best = step + 1;
    for (let one = 0; one < best; one++) positions[one] = way[one] as number;
  }

  /** Events that came before `now` and are the step after `step`, which is `at`: within the grace that is after. */
  function lookBack(step: number, at: number, now: number, start: number): void {
    const next = step + 1;
    if (next >= steps || best >= steps) return;
    const since = (timesMs[at] as number) - graceMs;
    const oldest = Math.max(first, now - LOOK_BACK);
    for (let place = now - 1; place >= oldest && (timesMs[place] as number) >= since; place--) {
      if (!(((isStep[events[place] as number] as number) >>> next) & 1)) continue;
      if ((timesMs[place] as number) - start > windowMs) continue;
      const mark = next * LOOK_BACK + (now - 1 - place);
      if (seen[mark] === look || isForbidden(step, at, place)) continue;
      seen[mark] = look;
      way[next] = place;
      reach(next, start, !isForbidden(next, place, now + 1));
      lookBack(next, place, now, start);
    }
  }

  /** Between the two events, neither of them included. */
  function isForbidden(step: number, after: number, before: number): boolean {
    for (let at = after + 1; at < before; at++)
      if (((forbids[events[at] as number] as number) >>> step) & 1) return true;
    return false;
  }
}
