// What a rule of a route costs a request, ns of CPU time: the way from its entrance to where a connection would be given to
// it and back, with each filter alone. A mirror costs what a second request costs, and is not here. `bun bench/micro/filters.ts`
import { systemClock } from "../../src/base/clock.ts";
import { systemRandom } from "../../src/base/random.ts";
import type { HttpFilter, HttpRule, RouteBackend } from "../../src/model/route.ts";
import { parseRequestHead } from "../../src/protocol/http1/request.ts";
import { parseResponseHead } from "../../src/protocol/http1/response.ts";
import { exchange, renew } from "../../src/proxy/exchange.ts";
import { END, stack } from "../../src/proxy/layer.ts";
import type { RouteContext } from "../../src/proxy/route/context.ts";
import { normalPath } from "../../src/proxy/route/matcher/normal-path.ts";
import { ruleStack } from "../../src/proxy/route/rule.ts";
import type { Core, Destination, Downstream, Layer } from "../../src/proxy/shapes.ts";
import { timers } from "../../src/proxy/timers.ts";

const ROUNDS = 15;
const CALLS = 40_000;
const LIMITS = { headBytes: 65_536, fieldCount: 100, trailerBytes: 8192 };

const REQUEST = Buffer.from(
  "GET /api/v1/products/42?currency=EUR HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: bench/1.0\r\nAccept: application/json\r\nOrigin: https://shop.example\r\nCookie: theme=dark; sid=3.t4z.t4z\r\n\r\n",
);
const ANSWER = Buffer.from(
  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 187\r\nCache-Control: private\r\nServer: x\r\nDate: Fri, 22 Nov 2024 21:23:42 GMT\r\n\r\n",
);

const request = parseRequestHead(REQUEST, 0, REQUEST.length, LIMITS);
const answer = parseResponseHead(ANSWER, 0, ANSWER.length, LIMITS, { method: "GET" });
if (request.kind !== "head" || answer.kind !== "head") throw new Error("not heads");
const { head } = request;

const backend = { workload: 3 };
const destination = { service: 1, name: "v1", port: 80, isStale: false, backends: [backend] } as unknown as Destination;
const core = {
  deps: { random: systemRandom(), clock: systemClock },
  timers: timers(systemClock, () => systemClock.monotonicMs()),
  table: { byService: new Map([["v1", { config: { key: 1 }, destinations: new Map([[80, destination]]) }]]) },
  nowMs: systemClock.monotonicMs(),
  epochUs: 1e15,
} as unknown as Core;
core.http = stack(END, () => ({
  settle(x) {
    if (x.expiry) core.timers.disarm(x.expiry);
  },
}));

/** in the place of balance, pool and send */
const service: Layer = (_, outer) => ({
  run(x) {
    x.backend = destination.backends[0];
    x.response = answer.head;
    outer.answer(x);
    outer.settle(x);
  },
});
const context: RouteContext = { core, guard: () => [], deliver: () => [service], deliverOpaque: () => [] };

const to = (weight: number): RouteBackend => ({ ref: { service: "v1", port: 80 }, weight, filters: [] });
const one: HttpRule = { key: 1, name: "bench", matches: [], filters: [], backends: [to(1)], timeouts: {} };
const filtered = (filter: HttpFilter): HttpRule => ({ ...one, filters: [filter] });
const line = (name: string) => ({ name, value: "1" });

const RULES: Readonly<Record<string, HttpRule>> = {
  "a rule alone": one,
  "two backends by weight": { ...one, backends: [to(9), to(1)] },
  "a request timeout": { ...one, timeouts: { requestMs: 15_000 } },
  "session persistence": { ...one, persistence: { type: "cookie", name: "sid", lifetime: "session" } },
  "request headers, one added": filtered({ type: "requestHeaders", set: [], add: [line("X-A")], remove: [] }),
  "request headers, one set, one removed": filtered({
    type: "requestHeaders",
    set: [line("X-A")],
    add: [],
    remove: ["origin"],
  }),
  "response headers, one removed": filtered({ type: "responseHeaders", set: [], add: [], remove: ["server"] }),
  "a rewritten prefix": filtered({ type: "rewrite", path: { type: "prefix", value: "/v2" } }),
  cors: filtered({
    type: "cors",
    allowOrigins: ["https://shop.example"],
    allowCredentials: true,
    allowMethods: ["GET"],
    allowHeaders: [],
    exposeHeaders: [],
    maxAgeS: 0,
  }),
};

const x = exchange({ core, origin: { kind: "outbound", key: 1 } } as unknown as Downstream);

function cost(rule: HttpRule): number {
  const way = ruleStack(context, rule);
  const path = normalPath(head.path) ?? "";
  const run = () => {
    renew(x, core.http, 0, core.nowMs);
    x.head = head;
    x.path = path;
    x.prefix = "/api/v1";
    x.way = way;
    way.run(x);
  };
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < CALLS; i++) run();
    least = Math.min(least, (process.cpuUsage(before).user / CALLS) * 1e3);
  }
  return least;
}

for (const [name, rule] of Object.entries(RULES)) {
  console.log(`${name.padEnd(40)}${cost(rule).toFixed(0).padStart(6)} ns`);
}
process.exit(0);
