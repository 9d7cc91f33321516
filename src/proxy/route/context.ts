// What the compiling of routes needs to know of the rest of a config.
import type { BackendRef } from "../../model/route.ts";
import type { PackedSnapshot } from "../../model/snapshot.ts";
import { DEFAULT_POLICY, type TrafficPolicy } from "../../model/traffic-policy.ts";
import { delivery, guards, opaqueDelivery } from "../policy/layers.ts";
import { serviceState } from "../policy/service.ts";
import type { Core, Layer, ServiceState } from "../shapes.ts";

export type RouteContext = {
  readonly core: Core;
  /** limits and faults that are told of a rule: they count for all of its backends together */
  guard(limits: Pick<TrafficPolicy, "rateLimits" | "faults">): readonly Layer[];
  /** the way to a service's workloads by its policy. @param change what the rule puts in its place */
  deliver(ref: BackendRef, change?: (policy: TrafficPolicy) => TrafficPolicy): readonly Layer[];
  deliverOpaque(ref: BackendRef): readonly Layer[];
};

export function routeContext(
  core: Core,
  { routing, services }: Pick<PackedSnapshot, "routing" | "services">,
): RouteContext {
  const keys = new Map(services.map(({ name, key }) => [name, key]));
  const stateOf = (service: string): ServiceState => serviceState(core, keys.get(service) ?? 0, service);
  const policyOf = (service: string): TrafficPolicy => routing.policies[service] ?? DEFAULT_POLICY;
  return {
    core,
    guard: ({ rateLimits, faults }) =>
      guards(core, { ...DEFAULT_POLICY, rateLimits, faults }, serviceState(core, 0, "outside")),
    deliver({ service }, change = (policy) => policy) {
      const policy = change(policyOf(service));
      return [...guards(core, policy, stateOf(service)), ...delivery(core, policy, stateOf(service))];
    },
    deliverOpaque: ({ service }) => opaqueDelivery(core, policyOf(service), stateOf(service)),
  };
}
