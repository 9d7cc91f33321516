// No more tries under way than the policy allows, exactly, over all workers: what is beyond is refused at once, so that a
// service that has become slow does not fill everything before it.

import { MeshError } from "../../../base/errors/index.ts";
import { HELD } from "../../../model/page/held.ts";
import type { CircuitBreaking } from "../../../model/traffic-policy.ts";
import { fail } from "../../layer.ts";
import type { Core, Layer, ServiceState } from "../../shapes.ts";

export function breaker(core: Core, { maxRequests }: CircuitBreaking, service: ServiceState): Layer {
  const { held } = core.deps.page;
  const { slot } = service;
  if (slot < 0) return () => ({});
  return (inner, outer) => ({
    run(x) {
      if (!held.take(slot, HELD.requests, maxRequests)) {
        return fail(outer, x, new MeshError("breaker_open", `${service.name}: ${maxRequests} requests are under way`));
      }
      x.isHolding = true;
      inner.run(x);
    },
    settle(x) {
      if (x.isHolding) held.give(slot, HELD.requests);
      x.isHolding = false;
      outer.settle(x);
    },
  });
}
