// What our proxy is told: one published port that leads to one endpoint, with nothing configured, as opaque TCP, or with so
// many routes and every policy in force that a request can meet without being refused; then visitors are told apart, too.
import type { HttpMatch, HttpRoute, HttpRule, Routing } from "../../src/model/route.ts";
import { NO_ROUTING } from "../../src/model/route.ts";
import type { PublishedListener, Snapshot } from "../../src/model/snapshot.ts";
import { DEFAULT_POLICY, withPatch } from "../../src/model/traffic-policy.ts";

/** `routes=N`: N HTTPRoutes and all policies */
export type Setup = "plain" | "tcp" | `routes=${number}`;

const SERVICE = "catalog";
const WORKLOAD = 1;
const MINUTE_MS = 60_000;

export function listenerOf(setup: Setup, backendPort: number): PublishedListener {
  return {
    id: 1,
    hostAddress: "127.0.0.1",
    hostPort: 0,
    service: SERVICE,
    targetPort: backendPort,
    protocol: setup === "tcp" ? "tcp" : "http",
  };
}

export function snapshotOf(setup: Setup, backendPort: number): Snapshot {
  const routes = setup.startsWith("routes=") ? Number(setup.slice("routes=".length)) : 0;
  return {
    version: 1,
    project: "bench",
    services: [
      {
        key: 1,
        name: SERVICE,
        namespace: "bench",
        address: { v4: "240.1.0.1", v6: "fd00:6d77:1::1" },
        protocols: { [backendPort]: setup === "tcp" ? "tcp" : "http" },
      },
    ],
    published: [listenerOf(setup, backendPort)],
    egress: { allowed: false },
    routing: routes > 0 ? routing(routes, backendPort) : NO_ROUTING,
    ...(routes > 0 && { visitors: { current: "0f".repeat(16) } }),
    workloads: [
      {
        key: WORKLOAD,
        id: `${SERVICE}-1`,
        service: SERVICE,
        version: "1",
        identity: "spiffe://meshwise.local/ns/bench/sa/catalog",
        address: { v4: "240.128.0.1", v6: "fd00:6d77:80::1" },
        declaredPorts: [backendPort],
      },
    ],
    endpoints: [{ workload: WORKLOAD, service: SERVICE, port: backendPort, via: "own" }],
  };
}

/** A path that route `i` is for. */
export function pathOf(i: number): string {
  return `/api/v1/resource-${i}/items/17?page=2`;
}

function routing(count: number, port: number): Routing {
  return {
    ...NO_ROUTING,
    http: Array.from({ length: count }, (_, i) => route(i, port)),
    policies: {
      [SERVICE]: withPatch(DEFAULT_POLICY, {
        // beside retries with their budget and ejection, which are on by default
        timeouts: { requestMs: MINUTE_MS, firstByteMs: MINUTE_MS, idleMs: MINUTE_MS },
        circuitBreaking: { maxRequests: 10_000 },
        // learned, but never below what the load needs: a refusal would be a failure
        concurrency: { isOn: true, min: 1_000, max: 10_000 },
      }),
    },
  };
}

/** A prefix, and at the same prefix a canary by header, which every request is asked for. */
function route(i: number, port: number): HttpRoute {
  const path = { type: "prefix", value: `/api/v1/resource-${i}` } as const;
  const rule = (key: number, match: Partial<HttpMatch>): HttpRule => ({
    key,
    name: `bench/resource-${i}/${key}`,
    matches: [{ path, headers: [], query: [], ...match }],
    filters: [],
    backends: [{ ref: { service: SERVICE, port }, weight: 1, filters: [] }],
    timeouts: {},
  });
  return {
    name: `bench/resource-${i}`,
    parents: [{ kind: "service", service: SERVICE, hostnames: [] }],
    rules: [rule(2 * i + 1, { headers: [{ name: "x-canary", type: "exact", value: "yes" }] }), rule(2 * i + 2, {})],
  };
}
