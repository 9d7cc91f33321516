// What the routing of a config becomes: for each service's port and each gateway's socket the ways that lead on from there.
// Checked whole when the config comes, so that a bad one changes nothing; compiled where the first request comes, because a
// worker carries for a few of the services of a mesh only.
import type { HttpRoute, HttpRule, RouteParent, TcpRoute } from "../../model/route.ts";
import type { PublishedListener, Snapshot } from "../../model/snapshot.ts";
import { DEFAULT_POLICY, type TrafficPolicy } from "../../model/traffic-policy.ts";
import type { Core, Destination, Link, Routes, Ways } from "../shapes.ts";
import { serviceStack } from "../stack.ts";
import { gatewayDestination } from "./gateway.ts";
import type { MatchedBy } from "./matcher/matcher.ts";
import { type Entrance, router } from "./router.ts";
import { checkRule, ruleStack } from "./rule.ts";
import { tcpStack } from "./tcp.ts";

/** Throws a MeshError for what cannot be carried out. */
export function compileRoutes(core: Core, { routing }: Snapshot): Routes {
  for (const route of routing.http) for (const rule of route.rules) checkRule(core, rule);
  const known = new Map<string, Ways>();
  const gateways = new Map<number, Destination>();
  const rules = new Map<HttpRule, Entrance>();
  const httpByService = byService(routing.http);
  const tcpByService = byService(routing.tcp);
  const policyOf = (service: string): TrafficPolicy => routing.policies[service] ?? DEFAULT_POLICY;

  /** One for all parents of its route. */
  function entrance(rule: HttpRule): Entrance {
    const made = rules.get(rule);
    if (made) return made;
    let way: Link | undefined;
    const self: Entrance = {
      key: rule.key,
      way: () => {
        way ??= ruleStack(core, rule, policyOf);
        return way;
      },
    };
    rules.set(rule, self);
    return self;
  }

  function routed(parent: string, routes: readonly HttpRoute[], isParent: (one: RouteParent) => boolean): Link {
    return router(core, parent, () =>
      routes.flatMap((route) =>
        route.parents
          .filter(isParent)
          .flatMap(({ hostnames }) =>
            route.rules.map(
              (rule): MatchedBy<Entrance> => ({ hostnames, matches: rule.matches, value: entrance(rule) }),
            ),
          ),
      ),
    );
  }

  function plain(service: string): Pick<Ways, "http" | "opaque"> {
    const policy = routing.policies[service];
    if (!policy) return core.plain;
    return { http: serviceStack(core, core.http, policy), opaque: core.plain.opaque };
  }

  function waysToService(service: string, port: number): Ways {
    const isParent = (one: RouteParent) =>
      one.kind === "service" && one.service === service && (one.port === undefined || one.port === port);
    const http = (httpByService.get(service) ?? []).filter(({ parents }) => parents.some(isParent));
    const tcp = (tcpByService.get(service) ?? []).find(({ parents }) => parents.some(isParent));
    const own = plain(service);
    if (http.length + (tcp ? 1 : 0) === 0)
      return own === core.plain ? core.plain : { ...own, isRouted: false, protocol: undefined };
    return {
      http: http.length > 0 ? routed(`${service} port ${port}`, http, isParent) : own.http,
      opaque: tcp ? tcpStack(core, tcp) : own.opaque,
      isRouted: true,
      // a TCPRoute is for all connections, whatever they speak; an HTTPRoute comes before it
      protocol: tcp && http.length === 0 ? "tcp" : undefined,
    };
  }

  return {
    waysTo({ name }, port) {
      const id = `${port} ${name}`;
      const ways = known.get(id) ?? waysToService(name, port);
      known.set(id, ways);
      return ways;
    },
    waysToOne({ name }) {
      const ways = known.get(name) ?? { ...plain(name), isRouted: false, protocol: undefined };
      known.set(name, ways);
      return ways;
    },
    gateway(listener: PublishedListener) {
      const destination = gateways.get(listener.id) ?? gatewayDestination(core, routing, listener, routed);
      if (destination) gateways.set(listener.id, destination);
      return destination;
    },
    retire() {
      for (const destination of gateways.values()) destination.isStale = true;
    },
  };
}

function byService<Route extends HttpRoute | TcpRoute>(
  routes: readonly Route[],
): ReadonlyMap<string, readonly Route[]> {
  const found = new Map<string, Route[]>();
  for (const route of routes) {
    const services = route.parents.flatMap((parent) => (parent.kind === "service" ? [parent.service] : []));
    for (const service of new Set(services)) {
      const list = found.get(service);
      if (list) list.push(route);
      else found.set(service, [route]);
    }
  }
  return found;
}
