// The stacks to a service without routes, made anew only when its policy changed: configuration may be swapped each second.

import type { PackedSnapshot, ServiceConfig } from "../../model/snapshot.ts";
import { DEFAULT_POLICY, type TrafficPolicy } from "../../model/traffic-policy.ts";
import { forgetVerdicts } from "../health/checks.ts";
import { stack } from "../layer.ts";
import type { Core, ServiceState, Ways } from "../shapes.ts";
import { delivery, guards, opaqueDelivery } from "./layers.ts";
import { serviceState } from "./service.ts";

export function waysFor(core: Core, { routing }: Pick<PackedSnapshot, "routing">, { key, name }: ServiceConfig): Ways {
  return waysOf(core, serviceState(core, key, name), routing.policies[name] ?? DEFAULT_POLICY);
}

/** What is done for the service beside its requests follows its policy, by whatever way they come. */
export function adoptPolicies(core: Core, { routing }: Pick<PackedSnapshot, "routing">): void {
  for (const service of core.services.values()) adopt(core, service, routing.policies[service.name] ?? DEFAULT_POLICY);
}

function adopt(core: Core, service: ServiceState, policy: TrafficPolicy): void {
  if (service.policy.health.active && !policy.health.active)
    forgetVerdicts(core, core.table.byService.get(service.name));
  service.maxConnections = policy.circuitBreaking.maxConnections;
  service.maxPending = policy.circuitBreaking.maxPending;
  service.policy = policy;
}

export function waysOf(core: Core, service: ServiceState, policy: TrafficPolicy): Ways {
  const text = policy === DEFAULT_POLICY ? "" : JSON.stringify(policy);
  if (service.made?.text === text) return service.made.ways;
  adopt(core, service, policy);
  const ways: Ways = {
    http: stack(core.http, ...guards(core, policy, service), ...delivery(core, policy, service)),
    opaque: stack(core.opaque, ...opaqueDelivery(core, policy, service)),
    isRouted: false,
    protocol: undefined,
  };
  service.made = { text, ways };
  return ways;
}
