// That made incidents are what they say: the same from the same seed, slow where they are made slow, calm where nothing is.
import { expect, test } from "bun:test";
import { draws } from "../draw.ts";
import { drawIncident, type Incident, type Wanted } from "./incident.ts";
import { simulate } from "./simulate.ts";
import type { Call, Service, System } from "./system.ts";

function service(name: string, change: Partial<Service> & { calls?: Call[]; slots?: number } = {}): Service {
  const { calls = [], slots = 50, ...rest } = change;
  return {
    name,
    operations: [
      { own: { meanMs: 10, shape: 8, tailChance: 0, tailFactor: 1 }, stages: calls.map((call) => [call]), later: [] },
    ],
    replicas: [{ slots, queue: 1_000, slowdown: 1, failing: 0, connections: Number.POSITIVE_INFINITY }],
    ...{ slowdown: 1, extraMs: 0, failing: 0, style: "thread" },
    ...rest,
  };
}

function call(to: number, change: Partial<Call> = {}): Call {
  return {
    ...{ to, operation: 0, chance: 1, times: 1, timeoutMs: Number.POSITIVE_INFINITY, tries: 1, isOptional: false },
    networkMs: 0,
    ...change,
  };
}

function figures(services: Service[], perS = 50) {
  const system: System = { services, entries: [0], sources: [{ call: call(0), perS, wave: 0 }] };
  const seen = simulate(system, { intervals: 3, intervalMs: 20_000, turn() {} }, draws(5));
  return services.map(({ name }, at) => {
    const { latency, requests, availability } = seen.series(at, name, 1);
    return {
      ms: 1000 * (latency.mean[0] as number),
      requests: requests[0] as number,
      wells: availability[0] as number,
    };
  });
}

test("an answer takes own work, calls one after the other, and the way", () => {
  const [web] = figures([service("web", { calls: [call(1), call(1, { networkMs: 30 })] }), service("db")]);
  expect(web?.ms).toBeGreaterThan(57);
  expect(web?.ms).toBeLessThan(63);
});

test("calls that are made at once take as long as the slowest", () => {
  const web = service("web", {
    operations: [
      { own: { meanMs: 10, shape: 8, tailChance: 0, tailFactor: 1 }, stages: [[call(1), call(1)]], later: [] },
    ],
  });
  const [seen] = figures([web, service("db")]);
  expect(seen?.ms).toBeLessThan(25);
});

test("who has too few threads makes his callers wait, more than he works", () => {
  const [web, db] = figures([service("web", { calls: [call(1)], slots: 500 }), service("db", { slots: 1 })], 90);
  expect(db?.ms).toBeGreaterThan(20);
  expect(web?.ms).toBeGreaterThan(db?.ms ?? 0);
});

test("a failure goes up to who cannot do without the answer, after the tries it has", () => {
  const failing = { failing: 0.5 };
  const [once] = figures([service("web", { calls: [call(1)] }), service("db", failing)]);
  const [twice] = figures([service("web", { calls: [call(1, { tries: 2 })] }), service("db", failing)]);
  const [without] = figures([service("web", { calls: [call(1, { isOptional: true })] }), service("db", failing)]);
  expect(once?.wells).toBeCloseTo(0.5, 1);
  expect(twice?.wells).toBeCloseTo(0.75, 1);
  expect(without?.wells).toBe(1);
});

test("a call that takes too long is given up", () => {
  const [web] = figures([service("web", { calls: [call(1, { timeoutMs: 5 })] }), service("db", { extraMs: 100 })]);
  expect(web?.wells).toBe(0);
  expect(web?.ms).toBeLessThan(15);
});

test("the same seed makes the same incident", () => {
  const [one, other] = [drawIncident(31_676, { size: "small" }), drawIncident(31_676, { size: "small" })];
  expect(one).toBeDefined();
  expect(Bun.hash(JSON.stringify(one))).toBe(Bun.hash(JSON.stringify(other)));
});

test("a service that is made slow is slow from then on, and its own figures say so", () => {
  const incident = firstOf("own work waits");
  const { facts, onset } = incident;
  const [[culprit]] = incident.culprits as [[number]];
  const mean = facts.services[culprit]?.latency.mean as Float64Array;
  const typical = (from: number, to: number) =>
    mean
      .slice(from, to)
      .filter((value) => value > 0)
      .sort()[2] as number;
  expect(typical(onset + 12, 80)).toBeGreaterThan(1.3 * typical(0, onset));
});

test("what was there before had gone again when the window begins", () => {
  const { facts, culprits, onset } = firstOf("own work waits", { wasBefore: true });
  const mean = facts.services[culprits[0]?.[0] as number]?.latency.mean as Float64Array;
  const high = mean.map((value) => Number(value > 1.3 * (mean.slice(0, onset).sort()[20] as number)));
  expect(high.slice(5, 50).reduce((sum, one) => sum + one)).toBeGreaterThanOrEqual(4);
  expect(high.slice(50, onset).reduce((sum, one) => sum + one)).toBeLessThanOrEqual(2);
});

function firstOf(fault: string, wanted: Wanted = {}): Incident {
  for (let seed = 1; ; seed++) {
    const incident = drawIncident(seed, { fault, size: "small", ...wanted });
    if (incident) return incident;
  }
}
