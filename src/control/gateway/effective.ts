// The values that hold once all policies are laid over each other, and where each comes from.
import { isService } from "./checks/refs.ts";
import { type HttpRouteObject, type MeshObject, objectKey, type PolicyObject } from "./object.ts";
import { type Policies, targetKey } from "./policies.ts";
import { defaultSpec, specFields } from "./policy-spec.ts";

/** What holds for requests to a service, by a rule or without one. */
export type EffectivePolicy = {
  /** `Service/cart`, `HTTPRoute/cart/canary → Service/cart-v2` */
  readonly target: string;
  /** `from`: the policy that says so, or `default` */
  readonly fields: readonly { readonly field: string; readonly value: unknown; readonly from: string }[];
};

/** By the name of each policy: all targets that it has a part in. */
export function effectivePolicies(
  { holders, targets }: Policies,
  objects: readonly MeshObject[],
  namespace: string,
): ReadonlyMap<string, readonly EffectivePolicy[]> {
  const routes = new Map(
    objects.flatMap((object) => (object.kind === "HTTPRoute" ? [[object.name, object] as const] : [])),
  );
  const layered = (target: string, keys: readonly string[]): EffectivePolicy => {
    const fields = new Map(
      specFields(defaultSpec()).map(({ field, value }) => [field, { field, value, from: "default" }]),
    );
    for (const key of keys) {
      const policy = holders.get(key);
      const from = policy ? objectKey(policy) : "";
      for (const { field, value } of policy ? specFields(policy.spec) : []) fields.set(field, { field, value, from });
    }
    return { target, fields: [...fields.values()] };
  };
  const ofTarget = (ref: PolicyObject["spec"]["targetRefs"][number]): EffectivePolicy[] => {
    if (ref.kind === "Service") return [layered(`Service/${ref.name}`, [`Service/${ref.name}`])];
    const route = routes.get(ref.name);
    return (route ? rulesOf(route, ref.sectionName) : []).flatMap(({ name, services }) =>
      services.map((service) => {
        const own = `HTTPRoute/${ref.name}`;
        const target = `${name === undefined ? own : `${own}/${name}`} → Service/${service}`;
        return layered(target, [`Service/${service}`, own, ...(name === undefined ? [] : [`${own}/${name}`])]);
      }),
    );
  };

  /** a rule without a name of its own cannot be attached to, so all of these are alike */
  function rulesOf({ spec }: HttpRouteObject, section: string | undefined) {
    const rules = (spec.rules ?? []).filter(({ name }) => section === undefined || name === section);
    const byName = new Map<string | undefined, Set<string>>();
    for (const { name, backendRefs = [] } of rules) {
      const services = byName.get(name) ?? new Set();
      for (const backend of backendRefs) {
        if (isService(backend) && (backend.namespace ?? namespace) === namespace) services.add(backend.name);
      }
      byName.set(name, services);
    }
    return [...byName].map(([name, services]) => ({ name, services: [...services] }));
  }

  return new Map(
    [...targets].map(([policy, all]) => [
      policy.name,
      all.filter(({ ref }) => holders.get(targetKey(ref)) === policy).flatMap(({ ref }) => ofTarget(ref)),
    ]),
  );
}
