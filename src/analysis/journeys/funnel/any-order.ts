// As many different steps as a window holds, whatever their order. What is excluded parts what lies before it from what
// lies after it.
import type { CompiledFunnel } from "./definition.ts";
import type { Search, SearchInput } from "./search-type.ts";

export function searchAnyOrder(
  { timesMs, events }: SearchInput,
  { steps, windowMs, isStep, forbids }: CompiledFunnel,
): Search {
  const positions = new Int32Array(steps);
  /** of each step the latest event that still counts; -1: none */
  const latest = new Int32Array(steps);
  return {
    positions,
    run(from, to) {
      let best = 0;
      latest.fill(-1);
      for (let at = from; at < to && best < steps; at++) {
        const event = events[at] as number;
        const bit = isStep[event] as number;
        if (bit !== 0) {
          latest[31 - Math.clz32(bit)] = at;
          const since = (timesMs[at] as number) - windowMs;
          let reached = 0;
          for (const place of latest) if (place >= 0 && (timesMs[place] as number) >= since) reached++;
          if (reached > best) {
            best = reached;
            keep(since);
          }
        }
        if (forbids[event] === 0) continue;
        for (let step = 0; step < steps; step++) if (latest[step] !== at) latest[step] = -1;
      }
      return best;
    },
  };

  function keep(since: number): void {
    let count = 0;
    for (const place of latest) if (place >= 0 && (timesMs[place] as number) >= since) positions[count++] = place;
    positions.subarray(0, count).sort();
  }
}
