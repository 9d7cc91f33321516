// What comes in through a gateway's socket: its listeners share it, and a request belongs to the one whose hostname fits
// its host most closely, and to no other.
import { MeshError } from "../../base/errors/index.ts";
import type { HttpRoute, RouteParent, Routing } from "../../model/route.ts";
import type { PublishedListener } from "../../model/snapshot.ts";
import { fail, stack } from "../layer.ts";
import type { Core, Destination, Link, Step } from "../shapes.ts";
import type { RouteContext } from "./context.ts";
import { hostTable } from "./matcher/hosts.ts";
import { nowhere } from "./target.ts";
import { tcpStack } from "./tcp.ts";

type Routed = (parent: string, routes: readonly HttpRoute[], isParent: (one: RouteParent) => boolean) => Link;

/** undefined: no listener of the config has this socket (any more) */
export function gatewayDestination(
  context: RouteContext,
  routing: Routing,
  { id, gateway = "", hostPort }: PublishedListener,
  routed: Routed,
): Destination | undefined {
  const { core } = context;
  const listeners = routing.gateways.filter(({ sockets }) => sockets.includes(id));
  const [first] = listeners;
  if (!first) return undefined;
  const isTcp = first.protocol === "TCP";
  const tcp = routing.tcp.find(({ parents }) =>
    parents.some((one) => one.kind === "gateway" && one.listener === first.id),
  );
  const protocol = isTcp ? "tcp" : "http";
  return {
    service: 0,
    name: gateway,
    port: hostPort,
    isEgress: false,
    protocol,
    backends: [],
    ways: {
      http: byHost(
        core,
        gateway,
        listeners.map(({ id, name, hostname = "" }) => {
          const isParent = (one: RouteParent) => one.kind === "gateway" && one.listener === id;
          const routes = routing.http.filter(({ parents }) => parents.some(isParent));
          return [hostname, routed(`listener ${name}`, routes, isParent)];
        }),
      ),
      opaque: tcp ? tcpStack(context, tcp) : stack(core.opaque, nowhere(first.name)),
      isRouted: true,
      protocol,
    },
    chooser: undefined,
    isStale: false,
    begins: undefined,
  };
}

function byHost(core: Core, gateway: string, listeners: readonly (readonly [string, Link])[]): Link {
  const { http: outer } = core;
  const find = hostTable(listeners);
  const run: Step = (x) => {
    const host = x.head?.authority ?? "";
    const [listener] = find(host);
    if (listener) listener.run(x);
    else fail(outer, x, new MeshError("route_unknown", `no listener of ${gateway} is for ${host}`));
  };
  return { run, answer: outer.answer, settle: outer.settle };
}
