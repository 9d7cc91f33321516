// Steps without anything between them: the events of an attempt are neighbours. There is no grace, because order is all.
import type { CompiledFunnel } from "./definition.ts";
import type { Search, SearchInput } from "./search-type.ts";

export function searchStrict({ timesMs, events }: SearchInput, { steps, windowMs, isStep }: CompiledFunnel): Search {
  const positions = new Int32Array(steps);
  return {
    positions,
    run(from, to) {
      let best = 0;
      for (let first = from; first < to && best < steps; first++) {
        let reached = 0;
        for (; reached < steps && first + reached < to; reached++) {
          const at = first + reached;
          if (!(((isStep[events[at] as number] as number) >>> reached) & 1)) break;
          if ((timesMs[at] as number) - (timesMs[first] as number) > windowMs) break;
        }
        if (reached <= best) continue;
        best = reached;
        for (let step = 0; step < reached; step++) positions[step] = first + step;
      }
      return best;
    },
  };
}
