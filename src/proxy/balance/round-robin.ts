// Endpoints in turn. A newcomer is passed over until its share has added up to one: over a round, each gets exactly its
// share, evenly spread (smooth weighted round robin, at the cost of one step for each that is passed over).
//
// Each worker has its own turn; that they do not agree only evens the load out.
import type { Backend, Picker } from "../shapes.ts";
import { share } from "./load.ts";
import { untried } from "./untried.ts";

export function roundRobin(slowStartMs: number): Picker {
  let next = 0;
  return (backends, ask) => {
    const count = backends.length;
    const isAnyoneElse = ask.avoid.length > 0 && untried(backends, ask.avoid) !== backends;
    // the least share is a tenth: after ten rounds at most somebody's has added up
    for (let passed = 0; passed < 10 * count; passed++) {
      if (next >= count) next = 0;
      const backend = backends[next++] as Backend;
      if (isAnyoneElse && ask.avoid.includes(backend)) continue;
      if (slowStartMs === 0) return backend;
      const { load } = backend;
      load.credit += share(load, slowStartMs, ask.nowMs);
      if (load.credit < 1 - 1e-9) continue;
      load.credit = Math.min(load.credit - 1, 1);
      return backend;
    }
    return backends[0] as Backend;
  };
}
