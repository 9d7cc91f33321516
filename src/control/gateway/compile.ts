// Objects → routing, and what there is to say of each object; pure. What was given out stays given out, see numbers.ts.
import type { HttpRoute, HttpRule, Routing, TcpRoute } from "../../model/route.ts";
import { numbered } from "../numbers.ts";
import { keyOf } from "../yaml/problems.ts";
import { type Attached, type Attachment, attach, type Parents } from "./attach.ts";
import { type Gateway, listenerConfig, readGateways, type WantedSocket } from "./listeners.ts";
import {
  type GatewayObject,
  type HttpRouteObject,
  type MeshObject,
  objectKey,
  type PolicyObject,
  type RouteObject,
  type TcpRouteObject,
} from "./object.ts";
import { journeysIn, type ObjectiveTarget, objectiveTargets } from "./objectives.ts";
import { attachPolicies, type Policies } from "./policies.ts";
import type { RawParentRef } from "./raw.ts";
import { backendOf, compileRule } from "./rules.ts";
import { fails, holds, type Reason, type Verdict } from "./verdict.ts";
import { type Aged, byAge, type World } from "./world.ts";

/** What must outlive the process, to be given to the next `compileRouting`. */
export type RoutingAllocation = {
  /** HttpRule.key by its name */
  readonly rules: Readonly<Record<string, number>>;
  /** GatewayListener.id by its name */
  readonly listeners: Readonly<Record<string, number>>;
  /** by objectKey; only those that are there */
  readonly objects: Readonly<Record<string, Seen>>;
};

export type Seen = {
  /** when it was first seen */
  readonly createdUs: number;
  /** rises with each change of its spec */
  readonly generation: number;
  readonly digest: string;
};

export const NO_ROUTING_ALLOCATED: RoutingAllocation = { rules: {}, listeners: {}, objects: {} };

/** What was found about one parent of a route. */
export type ParentFinding = {
  readonly ref: RawParentRef;
  readonly verdicts: readonly Verdict[];
  readonly isAttached: boolean;
};

export type Findings = {
  readonly gateways: readonly Gateway[];
  readonly routes: ReadonlyMap<RouteObject, readonly ParentFinding[]>;
  /** by Listener.name */
  readonly attachedRoutes: ReadonlyMap<string, number>;
  readonly policies: Policies;
  readonly objectives: ReadonlyMap<MeshObject, readonly ObjectiveTarget[]>;
};

export type CompiledRouting = {
  readonly routing: Routing;
  readonly sockets: readonly WantedSocket[];
  readonly findings: Findings;
  readonly allocation: RoutingAllocation;
};

export type RoutingInput = {
  readonly objects: readonly MeshObject[];
  readonly world: World;
  readonly previous: RoutingAllocation;
  readonly nowUs: number;
  /** PublishedListener.id of a socket */
  readonly socketIds: (sockets: readonly WantedSocket[]) => ReadonlyMap<WantedSocket, number>;
};

export function compileRouting({ objects, world, previous, nowUs, socketIds }: RoutingInput): CompiledRouting {
  const seen = ages(objects, previous.objects, nowUs);
  const aged = <One extends MeshObject>(kind: One["kind"]): Aged<One>[] =>
    objects
      .filter((object): object is One => object.kind === kind)
      .map((object) => ({ object, createdUs: seen[objectKey(object)]?.createdUs ?? nowUs }))
      .sort(byAge);
  const http = aged<HttpRouteObject>("HTTPRoute");
  const tcp = aged<TcpRouteObject>("TCPRoute");
  const gateways = readGateways(aged<GatewayObject>("Gateway"), world);
  const listeners = gateways.flatMap((one) => one.listeners);
  const policies = attachPolicies(
    aged<PolicyObject>("TrafficPolicy"),
    new Map(http.map(({ object }) => [object.name, object])),
    world,
  );
  const allocation: RoutingAllocation = {
    rules: numbered(previous.rules, ruleNames(http, world)),
    listeners: numbered(
      previous.listeners,
      listeners.map(({ name }) => name),
    ),
    objects: seen,
  };
  const usable = listeners.filter(({ unaccepted }) => !unaccepted);
  const sockets = mergedSockets(usable.flatMap((one) => one.sockets));
  const ids = socketIds([...sockets.values()]);

  const attacher = routeAttacher({
    world,
    gateways: new Map(gateways.map((one) => [one.object.name, one])),
    listenerIds: allocation.listeners,
  });
  const compiler = { world, policies, keys: allocation.rules, attacher };
  const routing: Routing = {
    gateways: usable.map((listener) => {
      const own = listener.sockets.map((socket) => ids.get(sockets.get(socketKey(socket)) ?? socket) ?? 0);
      return listenerConfig(listener, allocation.listeners[listener.name] ?? 0, own);
    }),
    // before those of TCP, which give way
    http: http.flatMap(({ object }) => compileHttp(object, compiler)),
    tcp: tcp.flatMap(({ object }) => compileTcp(object, compiler)),
    policies: policies.services,
  };
  const { routes, attachedRoutes } = attacher;
  const targets = { services: world.services, journeys: journeysIn(objects) };
  const objectives = new Map(
    objects.flatMap((object) =>
      object.kind === "Objective" ? [[object, objectiveTargets(object, targets)] as const] : [],
    ),
  );
  return {
    routing,
    sockets: [...sockets.values()],
    findings: { gateways, routes, attachedRoutes, policies, objectives },
    allocation,
  };
}

function ages(
  objects: readonly MeshObject[],
  before: RoutingAllocation["objects"],
  nowUs: number,
): Record<string, Seen> {
  return Object.fromEntries(
    objects.map((object) => {
      const key = objectKey(object);
      const known = before[key];
      const { digest } = object;
      if (known?.digest === digest) return [key, known];
      return [key, { createdUs: known?.createdUs ?? nowUs, generation: (known?.generation ?? 0) + 1, digest }];
    }),
  );
}

function* ruleNames(http: readonly Aged<HttpRouteObject>[], world: World): Iterable<string> {
  for (const { object } of http) {
    for (const [index, rule] of rulesOf(object).entries()) yield ruleName(world, object, rule.name, index);
  }
}

/** the Gateway API's default: one rule that matches everything */
function rulesOf({ spec }: HttpRouteObject): NonNullable<HttpRouteObject["spec"]["rules"]> {
  return spec.rules ?? [{}];
}

function ruleName({ namespace }: World, { name }: HttpRouteObject, rule: string | undefined, index: number): string {
  return `${namespace}/${name}/${rule ?? index}`;
}

/** Listeners of one port and address share a socket. */
function mergedSockets(sockets: readonly WantedSocket[]): ReadonlyMap<string, WantedSocket> {
  return new Map(sockets.map((socket) => [socketKey(socket), socket]));
}

export function socketKey({ gateway, hostAddress, hostPort, protocol }: WantedSocket): string {
  return `${gateway}|${hostAddress}|${hostPort}|${protocol}`;
}

type Attacher = {
  attach(
    route: RouteObject,
    rules: { readonly wrong: readonly Verdict[]; readonly refusal: Reason | undefined },
  ): Attachment[];
  readonly routes: Map<RouteObject, ParentFinding[]>;
  readonly attachedRoutes: Map<string, number>;
};

/** Attaches routes one after the other, the oldest first: nothing tells two TCPRoutes of one parent apart. */
function routeAttacher(parents: Parents): Attacher {
  const routes = new Map<RouteObject, ParentFinding[]>();
  const attachedRoutes = new Map<string, number>();
  const held = new Map<string, RouteObject>();
  return {
    routes,
    attachedRoutes,
    attach(route, { wrong, refusal }) {
      const all = new Map<string, Attachment>();
      const findings = (route.spec.parentRefs ?? []).map((ref): ParentFinding => {
        const found = yielding(attach(route, ref, parents), route, held);
        const against = found.against ?? refusal;
        for (const one of found.to) all.set(JSON.stringify(one.parent), one);
        const accepted = against ? fails("Accepted", against.reason, against.message) : holds("Accepted");
        return { ref, verdicts: [accepted, ...wrong], isAttached: found.to.length > 0 };
      });
      for (const [key, { listener }] of all) {
        if (!held.has(key)) held.set(key, route);
        if (listener && !refusal) attachedRoutes.set(listener.name, (attachedRoutes.get(listener.name) ?? 0) + 1);
      }
      routes.set(route, findings);
      return [...all.values()];
    },
  };
}

function yielding(found: Attached, route: RouteObject, held: ReadonlyMap<string, RouteObject>): Attached {
  if (route.kind !== "TCPRoute" || found.against) return found;
  const rivals = found.to.map(({ parent }) => held.get(JSON.stringify(parent)));
  const free = found.to.filter((_, index) => !rivals[index]);
  if (free.length > 0) return { to: free };
  const rival = rivals.find((one) => one !== undefined);
  const why = rival?.kind === "HTTPRoute" ? "which tells more apart" : "which is older";
  const message = `${rival ? objectKey(rival) : ""}, ${why}, has this parent`;
  return { to: [], against: { reason: "Conflicted", message } };
}

type Compiler = {
  readonly world: World;
  readonly policies: Policies;
  readonly keys: RoutingAllocation["rules"];
  readonly attacher: Attacher;
};

function compileHttp(route: HttpRouteObject, { world, policies, keys, attacher }: Compiler): HttpRoute[] {
  const isOfRule = (index: number, path: readonly unknown[]) => path[1] === "rules" && path[2] === index;
  const compiled = rulesOf(route).map((raw, index) => {
    const unsupported = route.unsupported.filter(({ path }) => isOfRule(index, path));
    const { rule, unresolved, isBroken } = compileRule(raw, unsupported, world);
    const name = ruleName(world, route, raw.name, index);
    const policy = policies.ofRule(route.name, raw.name);
    const whole: HttpRule = { key: keys[name] ?? 0, name, ...rule, ...(policy && { policy }) };
    return { rule: whole, unresolved, isBroken };
  });
  const refusal = refusalOf(
    route,
    compiled.every(({ isBroken }) => isBroken),
  );
  const wrong = [
    resolution(compiled.flatMap(({ unresolved }) => unresolved)),
    ...(refusal || route.unsupported.length === 0 ? [] : [partially(route)]),
  ];
  const to = attacher.attach(route, { wrong, refusal });
  if (to.length === 0 || refusesWhole(route)) return [];
  const parents = to.map(({ parent, hostnames }) => ({ ...parent, hostnames }));
  return [{ name: `${world.namespace}/${route.name}`, parents, rules: compiled.map(({ rule }) => rule) }];
}

function compileTcp(route: TcpRouteObject, { world, attacher }: Compiler): TcpRoute[] {
  const unresolved: Reason[] = [];
  const backends = (route.spec.rules[0]?.backendRefs ?? []).map((backend) => backendOf(backend, world, unresolved));
  const refusal = refusalOf(route, false);
  const to = attacher.attach(route, { wrong: [resolution(unresolved)], refusal });
  if (to.length === 0 || refusal) return [];
  return [{ name: `${world.namespace}/${route.name}`, parents: to.map(({ parent }) => parent), backends }];
}

function resolution(unresolved: readonly Reason[]): Verdict {
  const [first] = unresolved;
  if (!first) return holds("ResolvedRefs");
  const all = [...new Set(unresolved.map(({ message }) => message))].join("; ");
  return fails("ResolvedRefs", first.reason, `${all}; its share of the requests is answered 500`);
}

/** outside of its rules, where nothing of it could be kept */
function refusesWhole(route: RouteObject): boolean {
  return route.unsupported.some(({ path }) => path[1] !== "rules");
}

function refusalOf(route: RouteObject, isBroken: boolean): Reason | undefined {
  if (refusesWhole(route)) return { reason: "UnsupportedValue", message: fields(route) };
  if (!isBroken) return undefined;
  return { reason: "UnsupportedValue", message: `${fields(route)}; requests that match are answered 500` };
}

function partially(route: RouteObject): Verdict {
  const message = `${fields(route)}; requests that would need it are answered 500`;
  return { type: "PartiallyInvalid", status: "True", reason: "UnsupportedValue", message };
}

function fields({ unsupported }: RouteObject): string {
  return unsupported.map(({ path, text }) => `${keyOf(path)}: ${text}`).join("; ");
}
