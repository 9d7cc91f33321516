// Where a route leads: a service's port, found anew when it changed.
import { MeshError } from "../../base/errors/index.ts";
import type { BackendRef } from "../../model/route.ts";
import { fail } from "../layer.ts";
import type { Core, Destination, Layer } from "../shapes.ts";
import { destinationNamed } from "./table.ts";

/** undefined: the service is gone */
export type Target = () => Destination | undefined;

export function target(core: Core, { service, port }: BackendRef): Target {
  let known: Destination | undefined;
  return () => {
    if (!known || known.isStale) known = destinationNamed(core.table, service, port);
    return known;
  };
}

/** From here on it is this one's request. */
export function to(find: Target, { service, port }: BackendRef): Layer {
  return (inner, outer) => ({
    run(x) {
      x.destination = find();
      if (!x.destination) return fail(outer, x, new MeshError("service_unknown", `${service} port ${port}`));
      inner.run(x);
    },
  });
}

/** For the share of a reference that is not valid, and for rules that lead nowhere. */
export function nowhere(name: string): Layer {
  return (_, outer) => ({
    run: (x) => fail(outer, x, new MeshError("route_backend_missing", name)),
  });
}
