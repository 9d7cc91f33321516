import { expect, test } from "bun:test";
import { DEFAULT_POLICY, withPatch } from "../../model/traffic-policy.ts";
import { compiled, httpRoute, policy, wrong } from "./objects.fixture.ts";
import { defaultSpec, policyPatch } from "./policy-spec.ts";

const CART = "parentRefs: [{group: '', kind: Service, name: cart}]";
const ROUTE = httpRoute(`${CART}\nrules: [{name: pay, backendRefs: [{name: cart, port: 80}]}]`, "r");
const UNATTACHED = "Programmed=False Invalid";

test("the defaults as one would write them are the defaults", () => {
  expect(withPatch(DEFAULT_POLICY, policyPatch(defaultSpec()))).toEqual(DEFAULT_POLICY);
});

test("every field of a spec reaches the policy that is enforced", () => {
  const { config } = compiled(
    policy(
      `targetRefs: [{kind: Service, name: cart}]
loadBalancing: {type: RingHash, hashOn: {type: Header, name: X-User}, slowStart: 30s, zonePreferencePercent: 70, warmConnections: 2}
retries: {on: [5xx, Timeout], codes: [429], attempts: 2, perTry: 250ms, backoff: 5ms, maxBackoff: 1s, unsafe: true, budgetPercent: 10, budgetPerSecond: 5, hedgeAfter: 40ms}
timeouts: {request: 2s, connect: 100ms, firstByte: 1s, idle: 1m}
circuitBreaking: {maxConnections: 10, maxPending: 20, maxRequests: 30}
outlierEjection: {enabled: false, consecutiveFailures: 3, successRateDeviations: 1.5, latencyFactor: 4, interval: 5s, ejection: 6s, maxEjection: 7s, maxPercent: 25}
concurrency: {min: 2, max: 50}
rateLimits: [{name: a, by: {type: Header, name: X-Key}, requests: 100, per: 1m, burst: 5, onTrouble: Refuse}, {name: b, requests: 7}]
faults: [{name: f, match: {path: /a, method: GET, header: {name: X-Chaos, value: "1"}}, percent: 0.5, delay: 2s, abort: {reset: true}, bandwidth: 64Ki}, {name: g, abort: {status: 418}}]
health: {active: {path: /healthz, port: 81, interval: 2s, timeout: 1s, healthyAfter: 1, unhealthyAfter: 2, statuses: {from: 200, to: 204}}, panicPercent: 30}`,
      "a",
    ),
  );

  expect(config.routing.policies.cart).toEqual({
    loadBalancing: {
      type: "ring-hash",
      hashOn: { type: "header", name: "x-user" },
      slowStartMs: 30_000,
      zonePreference: 0.7,
      warmConnections: 2,
    },
    retries: {
      on: ["5xx", "timeout"],
      codes: [429],
      attempts: 2,
      perTryMs: 250,
      backoffMs: 5,
      maxBackoffMs: 1000,
      unsafe: true,
      budgetShare: 0.1,
      budgetPerSecond: 5,
      hedgeAfterMs: 40,
    },
    timeouts: { requestMs: 2000, connectMs: 100, firstByteMs: 1000, idleMs: 60_000 },
    circuitBreaking: { maxConnections: 10, maxPending: 20, maxRequests: 30 },
    outlierEjection: {
      isOn: false,
      consecutiveFailures: 3,
      successRateDeviations: 1.5,
      latencyFactor: 4,
      intervalMs: 5000,
      ejectionMs: 6000,
      maxEjectionMs: 7000,
      maxShare: 0.25,
    },
    concurrency: { isOn: true, min: 2, max: 50 },
    rateLimits: [
      { name: "a", by: { type: "header", name: "x-key" }, requests: 100, perMs: 60_000, burst: 5, onTrouble: "refuse" },
      { name: "b", by: { type: "caller" }, requests: 7, perMs: 1000, burst: 7, onTrouble: "pass" },
    ],
    faults: [
      {
        name: "f",
        match: { path: "/a", method: "GET", header: { name: "x-chaos", value: "1" } },
        share: 0.005,
        delayMs: 2000,
        abort: "reset",
        bandwidth: 65_536,
      },
      { name: "g", share: 1, delayMs: 0, abort: 418, bandwidth: 0 },
    ],
    health: {
      active: {
        path: "/healthz",
        port: 81,
        intervalMs: 2000,
        timeoutMs: 1000,
        healthyAfter: 1,
        unhealthyAfter: 2,
        statuses: [200, 204],
      },
      panicThreshold: 0.3,
    },
  });
});

const table: readonly [fact: string, spec: string, conditions: readonly string[]][] = [
  ["a service", "targetRefs: [{kind: Service, name: cart}]\nretries: {attempts: 1}", []],
  ["a route", "targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: r}]\nretries: {attempts: 1}", []],
  ["a rule", "targetRefs: [{kind: HTTPRoute, name: r, sectionName: pay}]\ntimeouts: {request: 1s}", []],
  [
    "a service that is not there",
    "targetRefs: [{kind: Service, name: crt}]",
    ["Accepted=False TargetNotFound", UNATTACHED],
  ],
  [
    "a route that is not there",
    "targetRefs: [{kind: HTTPRoute, name: x}]",
    ["Accepted=False TargetNotFound", UNATTACHED],
  ],
  [
    "a rule that is not there",
    "targetRefs: [{kind: HTTPRoute, name: r, sectionName: x}]",
    ["Accepted=False TargetNotFound", UNATTACHED],
  ],
  ["another kind", "targetRefs: [{kind: Gateway, name: r}]", ["Accepted=False Invalid", UNATTACHED]],
  [
    "for a route what belongs to a service",
    "targetRefs: [{kind: HTTPRoute, name: r}]\ncircuitBreaking: {maxRequests: 1}",
    ["Accepted=False Invalid", UNATTACHED],
  ],
];

test.each([...table])("a policy for %s", (_, spec, conditions) => {
  const { status } = compiled(ROUTE + policy(spec, "a")).view("a") ?? {};

  expect(status?.ancestors?.map((one) => wrong(one.conditions))).toEqual([[...conditions]]);
});

test("of two policies for one target the older one holds, whatever its name", () => {
  const spec = (attempts: number) => `targetRefs: [{kind: Service, name: cart}]\nretries: {attempts: ${attempts}}`;
  const first = compiled(policy(spec(7), "z"));

  const { config, view } = compiled(policy(spec(1), "a") + policy(spec(7), "z"), {
    previous: first.allocation,
    nowUs: 2e6,
  });

  expect(config.routing.policies.cart?.retries.attempts).toBe(7);
  expect(wrong(view("a")?.status.ancestors?.[0]?.conditions)).toEqual(["Accepted=False Conflicted", UNATTACHED]);
});

test("what holds is told with where it comes from: service, then route, then rule", () => {
  const { view } = compiled(
    ROUTE +
      policy("targetRefs: [{kind: Service, name: cart}]\nretries: {attempts: 7}\ntimeouts: {idle: 5s}", "service") +
      policy("targetRefs: [{kind: HTTPRoute, name: r}]\nretries: {attempts: 1, backoff: 1ms}", "route") +
      policy("targetRefs: [{kind: HTTPRoute, name: r, sectionName: pay}]\nretries: {attempts: 0}", "rule"),
  );

  const [effective] = view("rule")?.status.effective ?? [];
  const of = (field: string) => effective?.fields.find((one) => one.field === field);
  expect(effective?.target).toBe("HTTPRoute/r/pay → Service/cart");
  expect(of("retries.attempts")).toMatchObject({ value: 0, from: "trafficpolicy/rule" });
  expect(of("retries.backoff")).toMatchObject({ value: "1ms", from: "trafficpolicy/route" });
  expect(of("timeouts.idle")).toMatchObject({ value: "5s", from: "trafficpolicy/service" });
  expect(of("retries.budgetPercent")).toMatchObject({ value: 20, from: "default" });
});
