// What each policy costs a request, ns of CPU: the layers themselves, run and settled around an endpoint that answers at
// once. `bun bench/micro/policies.ts`
import { systemClock } from "../../src/base/clock.ts";
import { seededRandom } from "../../src/base/random.ts";
import { ownPage } from "../../src/model/page/page.ts";
import { ringSize, spanWriter } from "../../src/model/span-ring.ts";
import { DEFAULT_POLICY, type PolicyPatch, type TrafficPolicy, withPatch } from "../../src/model/traffic-policy.ts";
import { parseRequestHead } from "../../src/protocol/http1/request.ts";
import { balance } from "../../src/proxy/balance/balance.ts";
import { exchange, renew } from "../../src/proxy/exchange.ts";
import { breaker } from "../../src/proxy/filter/breaker/breaker.ts";
import { outlier } from "../../src/proxy/filter/outlier/outlier.ts";
import { retry } from "../../src/proxy/filter/retry/retry.ts";
import { END, stack } from "../../src/proxy/layer.ts";
import { guards } from "../../src/proxy/policy/layers.ts";
import { serviceState } from "../../src/proxy/policy/service.ts";
import { backend } from "../../src/proxy/route/backend.ts";
import { EMPTY_TABLE } from "../../src/proxy/route/table.ts";
import type { Core, Destination, Downstream, Layer } from "../../src/proxy/shapes.ts";
import { timers } from "../../src/proxy/timers.ts";
import { measure } from "./measure.ts";

const random = seededRandom(1);
const core = {
  deps: {
    clock: systemClock,
    random,
    page: ownPage(),
    hostOffsetMs: 0,
    spans: spanWriter(new Uint8Array(ringSize(16)), 16),
  },
  services: new Map(),
  table: EMPTY_TABLE,
  timers: timers(systemClock, () => systemClock.monotonicMs()),
  nowMs: systemClock.monotonicMs(),
} as unknown as Core;
const service = serviceState(core, 3, "app");
const text = Buffer.from("GET /a HTTP/1.1\r\nHost: a\r\nX-User: alice\r\n\r\n");
const parsed = parseRequestHead(text, 0, text.length, { headBytes: 65_536, fieldCount: 100, trailerBytes: 8_192 });
if (parsed.kind !== "head") throw new Error("not a head");
const { head } = parsed;
const down = { core, source: 7, origin: { kind: "outbound", key: 7 }, isClosed: false } as unknown as Downstream;
const x = exchange(down);

/** answers at once */
const answer: Layer = (_, outer) => ({
  run(x) {
    x.firstByteMs = core.nowMs;
    x.status = 200;
    outer.settle(x);
  },
});

function cost(name: string, layers: readonly Layer[], count = 10): void {
  const backends = Array.from({ length: count }, (_, i) =>
    backend({ type: "dial", key: i + 1, via: "own", port: 80 }, i + 1),
  );
  const destination = { name: "app", port: 80, backends, chooser: undefined } as unknown as Destination;
  const way = stack(END, ...layers, answer);
  measure(name, () => {
    core.nowMs = systemClock.monotonicMs();
    renew(x, way, 0, 0);
    x.head = head;
    x.destination = destination;
    way.run(x);
    return x.status;
  });
}

const policy = (patch: PolicyPatch): TrafficPolicy => withPatch(DEFAULT_POLICY, patch);
const limit = { name: "l", requests: 1e6, perMs: 1_000, burst: 1e6, onTrouble: "pass" } as const;
cost("nothing", []);
cost("balance: peak EWMA of 10", [balance(core, DEFAULT_POLICY)]);
cost("balance: peak EWMA of 1000", [balance(core, DEFAULT_POLICY)], 1_000);
cost("balance + outlier", [balance(core, DEFAULT_POLICY), outlier(core, DEFAULT_POLICY.outlierEjection)]);
cost("retry + balance + outlier (the default)", [
  retry(core, DEFAULT_POLICY.retries, service),
  balance(core, DEFAULT_POLICY),
  outlier(core, DEFAULT_POLICY.outlierEjection),
]);
const compared = policy({ outlierEjection: { latencyFactor: 3 } }).outlierEjection;
cost("balance + outlier with comparison", [balance(core, DEFAULT_POLICY), outlier(core, compared)]);
cost("retry on 5xx", [retry(core, policy({ retries: { on: ["5xx"] } }).retries, service)]);
cost("retry with a limit per try", [retry(core, policy({ retries: { perTryMs: 1_000 } }).retries, service)]);
cost("breaker", [breaker(core, { maxConnections: 0, maxPending: 0, maxRequests: 1_000 }, service)]);
for (const by of [{ type: "all" }, { type: "caller" }, { type: "header", name: "x-user" }] as const) {
  cost(`rate limit by ${by.type}`, guards(core, policy({ rateLimits: [{ ...limit, by }] }), service));
}
cost("shed", guards(core, policy({ concurrency: { isOn: true } }), service));
const fault = { name: "f", match: { path: "/other" }, share: 1, delayMs: 0, abort: 500, bandwidth: 0 } as const;
cost("a fault that does not match", guards(core, policy({ faults: [fault] }), service));
