// Each try goes to the next endpoint in turn. Only what provably was not sent is tried again: the connection was refused,
// or never came about.
import { LIMITS } from "../limits.ts";
import type { Layer } from "../shapes.ts";
import { nextBackend } from "./round-robin.ts";

export function balance(): Layer {
  return (inner, outer) => ({
    run(x) {
      x.backend = x.downstream.destination && nextBackend(x.downstream.destination);
      inner.run(x);
    },
    settle(x) {
      const others = x.downstream.destination?.backends.length ?? 0;
      if (x.error?.retry !== "yes" || ++x.failedTries >= Math.min(others, LIMITS.tries)) return outer.settle(x);
      x.error = undefined;
      x.backend = x.downstream.destination && nextBackend(x.downstream.destination);
      inner.run(x);
    },
  });
}
