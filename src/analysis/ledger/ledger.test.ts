import { expect, test } from "bun:test";
import fc from "fast-check";
import type { SeenExchange } from "../../model/figures.ts";
import type { ResourceSample } from "../../model/resources.ts";
import { criticalPath } from "./critical-path.ts";
import { ledgerOf } from "./ledger.ts";
import { cutsOf } from "./phases.ts";
import type { Ledger } from "./types.ts";

const exchange = (some: Partial<SeenExchange>): SeenExchange => ({
  startUs: 0,
  traceId: "",
  spanId: "",
  serverSpanId: "",
  confidence: 1,
  source: "web",
  sourceWorkload: "web-1",
  destination: "cart",
  destinationWorkload: "cart-1",
  port: 80,
  protocol: "http/1.1",
  method: "GET",
  path: "/",
  authority: "",
  status: 200,
  attempts: 1,
  flags: [],
  durationUs: 0,
  phases: {},
  requestBytes: 0,
  responseBytes: 0,
  ...some,
});

const request = exchange({
  serverSpanId: "r",
  durationUs: 100_000,
  phases: { head: 1000, routed: 2000, pooled: 5000, sent: 6000, firstByte: 90_000, lastIn: 96_000, end: 100_000 },
});
const call = (destination: string, startUs: number, durationUs: number, some: Partial<SeenExchange> = {}) =>
  exchange({
    destination,
    startUs,
    durationUs,
    parentSpanId: "r",
    phases: { pooled: 0, sent: 0, lastIn: durationUs },
    ...some,
  });
const used = (rise: ResourceSample) => [{ workload: "cart-1", looked: [{ fromUs: 0, toUs: 1e6, rise }] }];
const parts = ({ rows }: Ledger) =>
  Object.fromEntries(rows.map(({ part, of, ms }) => [of ? `${part} (${of})` : part, Math.round(ms * 1000) / 1000]));
const every = () => true;

test("a request is cut along its phases, and only what it waited for is a dependency's", () => {
  const calls = [call("price", 10_000, 40_000), call("stock", 20_000, 30_000), call("tax", 60_000, 10_000)];
  const { all, confidence } = ledgerOf({ service: "cart", requests: [request], calls, used: [] }, every);

  expect(parts(all)).toEqual({
    "waiting for a connection": 3,
    "network (caller's leg)": 6,
    "own: unexplained": 40,
    "dependency (price)": 40,
    "dependency (tax)": 10,
    proxy: 1,
  });
  expect(confidence).toBe("medium"); // nothing is known of what the workload did
});

test("the way to a dependency is no time of the dependency's", () => {
  const phases = { pooled: 20_000, connected: 25_000, sent: 25_000, lastIn: 40_000 };
  const { all } = ledgerOf(
    { service: "cart", requests: [request], calls: [call("price", 10_000, 40_000, { phases })], used: [] },
    every,
  );

  expect(parts(all)).toMatchObject({
    "waiting for a connection (to price)": 20,
    "connecting (to price)": 5,
    "dependency (price)": 15,
  });
});

test("a caller that is slow to send or to read, and a service that is slow to take, are told apart from the service's work", () => {
  const waits = { requestUs: 400, answerUs: 5000, resentUs: 0 };
  const phases = { head: 1000, routed: 2000, pooled: 2000, sent: 6000, firstByte: 90_000, lastIn: 96_000 };
  const slow = { ...request, phases, waits };
  const { all } = ledgerOf({ service: "cart", requests: [slow], calls: [], used: [] }, every);

  // 1 head, 3.6 of 4 ms of upload, 5 held, 4 after the last byte
  expect(parts(all)).toEqual({
    "network (caller's leg)": 13.6,
    "network (callee's leg)": 0.4,
    "own: unexplained": 85,
    proxy: 1,
  });
});

test("what was sent again on the way to a dependency is the network's; what it waited for its caller is the caller's own", () => {
  const phases = { pooled: 0, sent: 0, firstByte: 30_000, lastIn: 40_000 };
  const waits = { requestUs: 0, answerUs: 4000, resentUs: 20_000 };
  const made = call("price", 10_000, 40_000, { phases, waits });
  const { all } = ledgerOf({ service: "cart", requests: [request], calls: [made], used: [] }, every);

  expect(parts(all)).toMatchObject({
    "network (to price)": 20,
    "dependency (price)": 16,
    "own: unexplained": 54,
  });
});

test("tries before the one that worked are retries", () => {
  const tried = { ...request, attempts: 2 };
  const { all } = ledgerOf({ service: "cart", requests: [tried], calls: [], used: [] }, every);

  expect(parts(all)).toMatchObject({ retries: 3 });
});

test("without links dependencies are divided among the requests, and the ledger says how sure that is", () => {
  const calls = [call("price", 10_000, 40_000, { confidence: 0 })].map(({ parentSpanId: _, ...one }) => one);
  const { all, confidence, how } = ledgerOf({ service: "cart", requests: [request], calls, used: [] }, every);

  expect(parts(all)).toMatchObject({ "dependency (price)": 40, "own: unexplained": 50 });
  expect(confidence).toBe("low");
  expect(how[0]).toContain("not known");
});

test("one route's own time is divided by what all requests did to the workload", () => {
  const other = exchange({ path: "/other", durationUs: 90_000, phases: { head: 0, sent: 0, lastIn: 90_000 } });
  const facts = { service: "cart", requests: [request, other], calls: [], used: used({ cpuUs: 90_000 }) };
  const { all } = ledgerOf(facts, ({ path }) => path === "/other");

  expect(all.requests).toBe(1);
  expect(parts(all)).toEqual({ "own work: on CPU": 45, "own: unexplained": 45 });
});

test("a request's own time is divided as the seconds say in which it was", () => {
  const late = { ...request, serverSpanId: "late", startUs: 1.5e6 };
  const looked = [
    { fromUs: 0, toUs: 1e6, rise: { cpuUs: 90_000 } },
    { fromUs: 1e6, toUs: 2e6, rise: { throttledUs: 45_000 } },
  ];
  const facts = { service: "cart", requests: [request, late], calls: [], used: [{ workload: "cart-1", looked }] };

  expect(parts(ledgerOf(facts, ({ startUs }) => startUs > 1e6).all)).toMatchObject({
    "own: waiting for a CPU (throttled)": 45,
    "own: unexplained": 45,
  });
});

test("one of a sample counts for all that it stands for", () => {
  const fast = exchange({ durationUs: 10_000, phases: { head: 0, sent: 0, lastIn: 10_000 }, weight: 9 });
  const facts = { service: "cart", requests: [request, fast], calls: [], used: used({ cpuUs: 45_000 }) };
  const { all } = ledgerOf(facts, every);

  expect(all.requests).toBe(10);
  expect(all.meanMs).toBeCloseTo(19);
  expect(parts(all)).toMatchObject({ "own work: on CPU": 4.5, "own: unexplained": 13.5 });
});

test("connections, upgrades and tries that were repeated are no requests", () => {
  const requests = [exchange({ protocol: "tcp" }), exchange({ flags: ["upgraded"] }), exchange({ flags: ["attempt"] })];

  expect(ledgerOf({ service: "cart", requests, calls: [], used: [] }, every).all).toEqual({
    requests: 0,
    meanMs: 0,
    rows: [],
  });
});

test("the parts add up to the request, whatever the phases, calls and figures are", () => {
  const us = fc.integer({ min: 0, max: 200_000 });
  const phases = fc.record(
    { head: us, routed: us, pooled: us, connected: us, secured: us, sent: us, firstByte: us, lastIn: us },
    { requiredKeys: [] },
  );
  const requests = fc.record({ durationUs: us, phases, attempts: fc.integer({ min: 0, max: 3 }) }).map(exchange);
  const calls = fc.array(
    fc.record({ startUs: us, durationUs: us, confidence: fc.double({ min: 0, max: 1, noNaN: true }) }),
  );
  const rise = fc.record({ cpuUs: us, runDelayUs: us, throttledUs: us, ioSomeUs: us, ioFullUs: us, memoryFullUs: us });

  fc.assert(
    fc.property(fc.array(requests, { minLength: 1 }), calls, rise, (asked, made, risen) => {
      const given = asked.map((one) => ({ ...one, serverSpanId: "r" }));
      const facts = {
        service: "cart",
        requests: given,
        calls: made.map((one) => call("x", 0, 0, one)),
        used: used(risen),
      };
      const { all } = ledgerOf(facts, every);
      const sum = all.rows.reduce((total, { ms }) => total + ms, 0);
      // rows below half a microsecond are not shown
      expect(Math.abs(sum - all.meanMs)).toBeLessThanOrEqual(0.01 * all.meanMs + 0.01);
    }),
  );
});

test("cuts are without gaps, and what ended early did so in what would have come next", () => {
  const refused = exchange({ durationUs: 9000, phases: { head: 1000, routed: 2000, pooled: 3000 } });

  expect(cutsOf(refused).map(({ what, toUs }) => [what, toUs])).toEqual([
    ["network", 1000],
    ["proxy", 2000],
    ["waiting for a connection", 3000],
    ["connecting", 9000],
  ]);
});

test("calls that outlive the request are clipped to it, and what ends later comes first", () => {
  const calls = [
    { fromUs: 0, toUs: 30 },
    { fromUs: 20, toUs: 120 },
    { fromUs: 25, toUs: 28 },
  ];

  expect(criticalPath({ fromUs: 10, toUs: 100 }, calls).map(({ fromUs, toUs }) => [fromUs, toUs])).toEqual([
    [20, 100],
    [10, 20],
  ]);
});
