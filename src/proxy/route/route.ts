// Where to: the destination of the connection, looked up again when the service behind it changed, and the way that leads
// there.
import { MeshError } from "../../base/errors/index.ts";
import { fieldLines, withoutFields } from "../../protocol/http1/lines.ts";
import { fail } from "../layer.ts";
import { WITHOUT_FORWARDED } from "../send/forwarded.ts";
import type { Core, Destination, Downstream, Layer } from "../shapes.ts";
import { egressDestination, isVirtual } from "./egress.ts";
import { destinationAt, destinationNamed } from "./table.ts";

export function route(core: Core): Layer {
  return (_, outer) => ({
    run(x) {
      const down = x.downstream;
      if (!down.destination || down.destination.isStale) down.destination = destinationFor(core, down);
      const { destination } = down;
      x.routedMs = core.nowMs;
      if (!destination) return fail(outer, x, new MeshError("service_unknown", place(down)));
      if (destination.isEgress && !core.table.snapshot.egress.allowed) {
        return fail(outer, x, new MeshError("egress_forbidden", place(down)));
      }
      x.destination = destination;
      const { head } = x;
      // what outsiders say about who they are and whom they called is not passed on, and no route is chosen by it
      if (head?.hasForwarded && down.origin.kind === "published") {
        x.sentLines = withoutFields(head.lines ?? fieldLines(head.fields), WITHOUT_FORWARDED);
      }
      x.way = x.isOpaque ? destination.ways.opaque : destination.ways.http;
      x.way.run(x);
    },
  });
}

/** What a connection leads to by where it was captured or accepted; undefined: no service (any more). */
export function destinationFor(core: Core, down: Downstream): Destination | undefined {
  const { origin, address, port } = down;
  if (origin.kind === "published") {
    const { listener } = origin;
    if (listener.gateway !== undefined) return core.table.routes.gateway(listener);
    return destinationNamed(core.table, listener.service, listener.targetPort);
  }
  const inside = destinationAt(core.table, address, port);
  if (inside || isVirtual(address)) return inside;
  return egressDestination(core.egress, core.plain, down.source, address, port);
}

function place({ origin, address, port }: Downstream): string {
  return origin.kind === "published"
    ? origin.listener.gateway !== undefined
      ? `gateway ${origin.listener.gateway}`
      : `${origin.listener.service} port ${origin.listener.targetPort}`
    : `${address} port ${port}`;
}
