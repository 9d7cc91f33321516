// Whether a route may be attached to a parent that it names, and to what exactly.
import type { RouteParent } from "../../model/route.ts";
import { intersection } from "./hostnames.ts";
import { GATEWAY_GROUP } from "./kinds.ts";
import type { Gateway, Listener } from "./listeners.ts";
import type { RouteObject } from "./object.ts";
import type { RawParentRef, RawSelector } from "./raw.ts";
import type { Reason } from "./verdict.ts";
import type { World } from "./world.ts";

export type Attachment = {
  readonly parent: RouteParent;
  readonly hostnames: readonly string[];
  readonly listener?: Listener;
};

export type Attached =
  | { readonly to: readonly Attachment[]; readonly against?: undefined }
  | { readonly to: readonly []; readonly against: Reason };

export type Parents = {
  readonly world: World;
  readonly gateways: ReadonlyMap<string, Gateway>;
  /** GatewayListener.id by Listener.name */
  readonly listenerIds: Readonly<Record<string, number>>;
};

export function attach(route: RouteObject, ref: RawParentRef, parents: Parents): Attached {
  const { group = GATEWAY_GROUP, kind = "Gateway", namespace = parents.world.namespace, name } = ref;
  if (namespace !== parents.world.namespace) {
    return against(
      "NoMatchingParent",
      `${namespace}/${name} is in another namespace than the project's, which is ${parents.world.namespace}`,
    );
  }
  if (group === "" && kind === "Service") return attachToService(route, ref, parents.world);
  if (group === GATEWAY_GROUP && kind === "Gateway") return attachToGateway(route, ref, parents);
  return against("NoMatchingParent", `${kind} ${name} is neither a Gateway nor a Service`);
}

function attachToService(route: RouteObject, { name, port, sectionName }: RawParentRef, world: World): Attached {
  if (!world.services.has(name)) return against("NoMatchingParent", `there is no service ${name}`);
  if (sectionName !== undefined) {
    return against("NoMatchingParent", `sectionName: ports of service ${name} have no names; write port`);
  }
  const parent: RouteParent = { kind: "service", service: name, ...(port !== undefined && { port }) };
  return { to: [{ parent, hostnames: hostnamesOf(route) }] };
}

function attachToGateway(route: RouteObject, ref: RawParentRef, { world, gateways, listenerIds }: Parents): Attached {
  const gateway = gateways.get(ref.name);
  if (!gateway) return against("NoMatchingParent", `there is no Gateway ${ref.name}`);
  if (gateway.unaccepted) {
    return against("NoMatchingParent", `Gateway ${ref.name} is not accepted: ${gateway.unaccepted.message}`);
  }
  const named = gateway.listeners.filter(
    ({ raw }) =>
      (ref.sectionName === undefined || raw.name === ref.sectionName) &&
      (ref.port === undefined || raw.port === ref.port),
  );
  if (named.length === 0) {
    const which = [ref.sectionName, ref.port === undefined ? undefined : `port ${ref.port}`].filter(Boolean).join(", ");
    return against("NoMatchingParent", `Gateway ${ref.name} has no listener ${which}`);
  }
  const usable = named.filter(({ unaccepted }) => !unaccepted);
  if (usable.length === 0) {
    return against(
      "NoMatchingParent",
      `no listener of Gateway ${ref.name} is accepted: ${named[0]?.unaccepted?.message}`,
    );
  }
  const allowing = usable.filter((listener) => allows(listener, route, world));
  if (allowing.length === 0) {
    const names = usable.map(({ raw }) => raw.name).join(", ");
    return against(
      "NotAllowedByListeners",
      `${names} of Gateway ${ref.name} does not allow a ${route.kind} of ${world.namespace}`,
    );
  }
  const to = allowing.flatMap((listener): Attachment[] => {
    const hostnames = intersection(listener.raw.hostname, hostnamesOf(route));
    const id = listenerIds[listener.name];
    return hostnames && id !== undefined ? [{ parent: { kind: "gateway", listener: id }, hostnames, listener }] : [];
  });
  if (to.length > 0) return { to };
  const theirs = allowing.map(({ raw }) => raw.hostname).join(", ");
  return against("NoMatchingListenerHostname", `none of ${hostnamesOf(route).join(", ")} is within ${theirs}`);
}

function hostnamesOf(route: RouteObject): readonly string[] {
  return route.kind === "HTTPRoute" ? (route.spec.hostnames ?? []) : [];
}

function allows({ raw, routeKinds }: Listener, route: RouteObject, world: World): boolean {
  if (!routeKinds.includes(route.kind)) return false;
  const { from = "Same", selector = {} } = raw.allowedRoutes?.namespaces ?? {};
  if (from === "Selector") return selects(selector, { "kubernetes.io/metadata.name": world.namespace });
  return from !== "None";
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
function selects(selector: RawSelector, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector.matchLabels ?? {});
  return (
    wanted.every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      const isIn = value !== undefined && values.includes(value);
      return operator === "In" ? isIn : !isIn;
    })
  );
}

function against(reason: string, message: string): Attached {
  return { to: [], against: { reason, message } };
}
