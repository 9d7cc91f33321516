// TrafficPolicies → what holds for each service, route and rule. Of two for one target the older one holds.
import type { PolicyPatch, TrafficPolicy } from "../../model/traffic-policy.ts";
import { DEFAULT_POLICY, withPatch } from "../../model/traffic-policy.ts";
import { keyOf } from "../yaml/problems.ts";
import { GATEWAY_GROUP } from "./kinds.ts";
import { type HttpRouteObject, objectKey, type PolicyObject } from "./object.ts";
import { policyPatch } from "./policy-spec.ts";
import type { RawTargetRef, RawTrafficPolicy } from "./raw.ts";
import type { Reason } from "./verdict.ts";
import type { Aged, World } from "./world.ts";

export type PolicyTarget = { readonly ref: RawTargetRef; readonly against: Reason | undefined };

export type Policies = {
  readonly services: Readonly<Record<string, TrafficPolicy>>;
  /** of the route and, on top of it, the rule; undefined: there is none */
  ofRule(route: string, rule: string | undefined): PolicyPatch | undefined;
  /** what each policy was attached to, or why not */
  readonly targets: ReadonlyMap<PolicyObject, readonly PolicyTarget[]>;
  /** by `targetKey` */
  readonly holders: ReadonlyMap<string, PolicyObject>;
};

/** The rest is kept for a service as a whole: connections, endpoints and what is known of them. */
const OF_ROUTES: ReadonlySet<string> = new Set(["targetRefs", "retries", "timeouts", "rateLimits", "faults"]);

/** @param policies oldest first */
export function attachPolicies(
  policies: readonly Aged<PolicyObject>[],
  routes: ReadonlyMap<string, HttpRouteObject>,
  world: World,
): Policies {
  const holders = new Map<string, PolicyObject>();
  const targets = new Map<PolicyObject, PolicyTarget[]>();
  for (const { object } of policies) {
    targets.set(
      object,
      object.spec.targetRefs.map((ref) => {
        const key = targetKey(ref);
        const holder = holders.get(key);
        const against = refusalOf(object, ref, routes, world) ?? (holder && conflict(holder));
        if (!against) holders.set(key, object);
        return { ref, against };
      }),
    );
  }
  const patches = new Map([...holders].map(([key, { spec }]) => [key, policyPatch(spec)]));
  const services: Record<string, TrafficPolicy> = {};
  for (const service of world.services) {
    const patch = patches.get(`Service/${service}`);
    if (patch) services[service] = withPatch(DEFAULT_POLICY, patch);
  }
  return {
    services,
    ofRule(route, rule) {
      const outer = patches.get(`HTTPRoute/${route}`);
      const inner = rule === undefined ? undefined : patches.get(`HTTPRoute/${route}/${rule}`);
      return outer && inner ? withPatch(outer, inner) : (inner ?? outer);
    },
    targets,
    holders,
  };
}

export function targetKey({ kind, name, sectionName }: RawTargetRef): string {
  return sectionName === undefined ? `${kind}/${name}` : `${kind}/${name}/${sectionName}`;
}

function refusalOf(
  { spec, unsupported }: PolicyObject,
  { group, kind, name, sectionName }: RawTargetRef,
  routes: ReadonlyMap<string, HttpRouteObject>,
  world: World,
): Reason | undefined {
  const field = unsupported[0];
  if (field) return { reason: "UnsupportedValue", message: `${keyOf(field.path)}: ${field.text}` };
  if (kind === "Service" && (group ?? "") === "") {
    return world.services.has(name) ? undefined : notFound(`there is no service ${name}`);
  }
  if (kind === "HTTPRoute" && (group ?? GATEWAY_GROUP) === GATEWAY_GROUP) {
    const route = routes.get(name);
    if (!route) return notFound(`there is no HTTPRoute ${name}`);
    if (sectionName !== undefined && !route.spec.rules?.some((rule) => rule.name === sectionName)) {
      return notFound(`HTTPRoute ${name} has no rule named ${sectionName}`);
    }
    return onlyOfServices(spec);
  }
  return {
    reason: "Invalid",
    message: `a TrafficPolicy is attached to a Service or an HTTPRoute, not to ${kind} ${name}`,
  };
}

function onlyOfServices(spec: RawTrafficPolicy): Reason | undefined {
  const section = Object.keys(spec).find((name) => !OF_ROUTES.has(name));
  return section === undefined
    ? undefined
    : { reason: "Invalid", message: `spec.${section} belongs to a service as a whole: attach it to the Service` };
}

function notFound(message: string): Reason {
  return { reason: "TargetNotFound", message };
}

function conflict(holder: PolicyObject): Reason {
  return { reason: "Conflicted", message: `${objectKey(holder)}, which is older, holds for the same target` };
}
