// Refuses what must not be carried, before any work is done for it.
import { MeshError } from "../../../base/errors/index.ts";
import { fail } from "../../layer.ts";
import type { Layer } from "../../shapes.ts";

export function admit(): Layer {
  return (inner, outer) => ({
    run(x) {
      // the reader found it broken: it has an error from the start
      if (x.error || !x.head) return outer.settle(x);
      // From inside, CONNECT goes to the service that was called, which may well be a forward proxy. From outside, it
      // would make a way through the mesh of whatever stands behind the port.
      if (x.head.method === "CONNECT" && x.downstream.origin.kind === "published") {
        return fail(outer, x, new MeshError("connect_denied", x.head.target));
      }
      inner.run(x);
    },
  });
}
