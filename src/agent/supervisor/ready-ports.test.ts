import { expect, test } from "bun:test";
import { serviceAddress } from "../../model/address.ts";
import { type HttpRoute, NO_ROUTING, type RouteParent } from "../../model/route.ts";
import type { ServiceConfig } from "../../model/snapshot.ts";
import { readyPortsOf } from "./ready-ports.ts";

const service = (name: string, key: number): ServiceConfig => ({
  ...{ key, name, namespace: "shop", address: serviceAddress(key), protocols: {} },
});
const SERVICES = [service("cart", 1), service("cart-v2", 2)];

function http(parent: RouteParent, service: string | undefined): HttpRoute {
  const redirect = { type: "redirect", statusCode: 302 } as const;
  const backends = service === undefined ? [] : [{ ref: { service, port: 8080 }, weight: 1, filters: [] }];
  return {
    name: "shop/r",
    parents: [{ ...parent, hostnames: [] }],
    rules: [
      {
        key: 1,
        name: "shop/r/0",
        matches: [{ path: { type: "prefix", value: "/" }, headers: [], query: [] }],
        filters: service === undefined ? [redirect] : [],
        backends,
        timeouts: {},
      },
    ],
  };
}

/** ports of cart that are accepted while only cart-v2 runs, on 8080 */
function cartPorts(...routes: HttpRoute[]): number[] {
  const endpoints = [{ workload: 1, service: "cart-v2", port: 8080, via: "own" } as const];
  const ready = readyPortsOf({ services: SERVICES, endpoints, routing: { ...NO_ROUTING, http: routes } });
  return ready.filter(({ address }) => address.v4 === serviceAddress(1).v4).map(({ port }) => port);
}

const CART = { kind: "service", service: "cart" } as const;

const table: readonly [fact: string, routes: HttpRoute[], ports: number[]][] = [
  ["a service without instances and routes is refused", [], []],
  ["one whose route leads to another service is not", [http({ ...CART, port: 80 }, "cart-v2")], [80]],
  ["a route for all ports has those of its backends", [http(CART, "cart-v2")], [8080]],
  ["a route to a service that is not there either changes nothing", [http({ ...CART, port: 80 }, "cart")], []],
  ["a redirect needs nobody", [http({ ...CART, port: 80 }, undefined)], [80]],
];

test.each([...table])("%s", (_, routes, ports) => {
  expect(cartPorts(...routes)).toEqual(ports);
});
