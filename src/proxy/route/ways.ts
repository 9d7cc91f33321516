// What the routing of a config becomes: for each service's port and each gateway's socket the ways that lead on from there.
// Checked whole when the config comes, so that a bad one changes nothing; compiled where the first request comes, because a
// worker carries for a few of the services of a mesh only.
import type { HttpRoute, HttpRule, RouteParent, TcpRoute } from "../../model/route.ts";
import type { PackedSnapshot, PublishedListener, ServiceConfig } from "../../model/snapshot.ts";
import { waysFor } from "../policy/ways.ts";
import type { Core, Destination, Link, Routes, Ways } from "../shapes.ts";
import { routeContext } from "./context.ts";
import { gatewayDestination } from "./gateway.ts";
import type { MatchedBy } from "./matcher/matcher.ts";
import { type Entrance, router } from "./router.ts";
import { checkRule, ruleStack } from "./rule.ts";
import { tcpStack } from "./tcp.ts";

/** Throws a MeshError for what cannot be carried out. */
export function compileRoutes(core: Core, snapshot: PackedSnapshot): Routes {
  const { routing } = snapshot;
  const context = routeContext(core, snapshot);
  for (const route of routing.http) for (const rule of route.rules) checkRule(context, rule);
  const known = new Map<string, Ways>();
  const gateways = new Map<number, Destination>();
  const rules = new Map<HttpRule, Entrance>();
  const httpByService = byService(routing.http);
  const tcpByService = byService(routing.tcp);

  /** One for all parents of its route. */
  function entrance(rule: HttpRule): Entrance {
    const made = rules.get(rule);
    if (made) return made;
    let way: Link | undefined;
    const self: Entrance = {
      key: rule.key,
      way: () => {
        way ??= ruleStack(context, rule);
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

  function waysToService(config: ServiceConfig, port: number): Ways {
    const { name: service } = config;
    const isParent = (one: RouteParent) =>
      one.kind === "service" && one.service === service && (one.port === undefined || one.port === port);
    const http = (httpByService.get(service) ?? []).filter(({ parents }) => parents.some(isParent));
    const tcp = (tcpByService.get(service) ?? []).find(({ parents }) => parents.some(isParent));
    const own = waysFor(core, snapshot, config);
    if (http.length === 0 && !tcp) return own;
    return {
      http: http.length > 0 ? routed(`${service} port ${port}`, http, isParent) : own.http,
      opaque: tcp ? tcpStack(context, tcp) : own.opaque,
      isRouted: true,
      // a TCPRoute is for all connections, whatever they speak; an HTTPRoute comes before it
      protocol: tcp && http.length === 0 ? "tcp" : undefined,
    };
  }

  return {
    waysTo(service, port) {
      const id = `${port} ${service.name}`;
      const ways = known.get(id) ?? waysToService(service, port);
      known.set(id, ways);
      return ways;
    },
    waysToOne: (service) => waysFor(core, snapshot, service),
    gateway(listener: PublishedListener) {
      const destination = gateways.get(listener.id) ?? gatewayDestination(context, routing, listener, routed);
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
