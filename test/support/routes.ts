// Routes in as few words as a test needs.
import type { HttpMatch, HttpParent, HttpRoute, HttpRule, RouteBackend, TcpRoute } from "../../src/model/route.ts";

let lastKey = 0;

/** everything under `/` */
export function match(more: Partial<HttpMatch> = {}): HttpMatch {
  return { path: { type: "prefix", value: "/" }, headers: [], query: [], ...more };
}

export const exact = (value: string) => ({ type: "exact", value }) as const;
export const prefix = (value: string) => ({ type: "prefix", value }) as const;
export const regex = (value: string) => ({ type: "regex", value }) as const;

export function to(service: string, weight = 1, filters: RouteBackend["filters"] = []): RouteBackend {
  return { ref: { service, port: 80 }, weight, filters };
}

export function rule(more: Partial<HttpRule> = {}): HttpRule {
  const key = ++lastKey;
  return { key, name: `test/route/${key}`, matches: [match()], filters: [], backends: [], timeouts: {}, ...more };
}

/** attached to the service `app` unless it says otherwise */
export function route(
  rules: readonly HttpRule[],
  { hostnames = [], parents = [{ kind: "service", service: "app", hostnames }] }: RouteOptions = {},
): HttpRoute {
  return { name: "test/route", parents, rules };
}

export type RouteOptions = { readonly hostnames?: readonly string[]; readonly parents?: readonly HttpParent[] };

export function tcpRoute(backends: readonly RouteBackend[], parents: TcpRoute["parents"]): TcpRoute {
  return { name: "test/tcp", parents, backends };
}
