// Where to: the destination of the connection, looked up again when the service behind it changed.
import { MeshError } from "../../base/errors/index.ts";
import { fail } from "../layer.ts";
import type { Core, Destination, Downstream, Layer } from "../shapes.ts";
import { egressDestination, isVirtual } from "./egress.ts";
import { destinationAt, destinationNamed, readyPorts } from "./table.ts";

export function route(core: Core): Layer {
  return (inner, outer) => ({
    run(x) {
      const down = x.downstream;
      if (!down.destination || down.destination.isStale) down.destination = destinationFor(core, down);
      const { destination } = down;
      x.routedMs = core.nowMs;
      if (!destination) return fail(outer, x, new MeshError("service_unknown", place(down)));
      if (destination.isEgress && !core.table.snapshot.egress.allowed) {
        return fail(outer, x, new MeshError("egress_forbidden", place(down)));
      }
      if (destination.backends.length === 0) {
        return fail(outer, x, new MeshError("no_endpoint", nobodyThere(core, destination)));
      }
      inner.run(x);
    },
  });
}

/** What a connection leads to by where it was captured or accepted; undefined: no service (any more). */
export function destinationFor(core: Core, down: Downstream): Destination | undefined {
  const { origin, address, port } = down;
  if (origin.kind === "published") {
    const { listener } = origin;
    if (listener.gateway !== undefined) return undefined;
    return destinationNamed(core.table, listener.service, listener.targetPort);
  }
  const inside = destinationAt(core.table, address, port);
  if (inside || isVirtual(address)) return inside;
  return egressDestination(core.egress, down.source, address, port);
}

function place({ origin, address, port }: Downstream): string {
  return origin.kind === "published"
    ? origin.listener.gateway !== undefined
      ? `gateway ${origin.listener.gateway}`
      : `${origin.listener.service} port ${origin.listener.targetPort}`
    : `${address} port ${port}`;
}

function nobodyThere(core: Core, { name, port }: Destination): string {
  const ports = readyPorts(core.table, name);
  return ports.length === 0 ? `${name} port ${port}` : `${name} port ${port} (it is ready on ${ports.join(", ")})`;
}
