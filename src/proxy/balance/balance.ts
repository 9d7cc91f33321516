// Each try goes to the next endpoint in turn. Only what provably was not sent is tried again: the connection was refused,
// or never came about.
import { MeshError } from "../../base/errors/index.ts";
import { fail } from "../layer.ts";
import { LIMITS } from "../limits.ts";
import { readyPorts } from "../route/table.ts";
import type { Core, Destination, Layer } from "../shapes.ts";
import { nextBackend } from "./round-robin.ts";

export function balance(core: Core): Layer {
  return (inner, outer) => ({
    run(x) {
      const { destination } = x;
      x.backend = destination && nextBackend(destination);
      if (destination && !x.backend)
        return fail(outer, x, new MeshError("no_endpoint", nobodyThere(core, destination)));
      inner.run(x);
    },
    settle(x) {
      const others = x.destination?.backends.length ?? 0;
      if (x.error?.retry !== "yes" || ++x.failedTries >= Math.min(others, LIMITS.tries)) return outer.settle(x);
      x.error = undefined;
      x.backend = x.destination && nextBackend(x.destination);
      inner.run(x);
    },
  });
}

function nobodyThere(core: Core, { name, port }: Destination): string {
  const ports = readyPorts(core.table, name);
  return ports.length === 0 ? `${name} port ${port}` : `${name} port ${port} (it is ready on ${ports.join(", ")})`;
}
