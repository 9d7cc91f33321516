import { expect, test } from "bun:test";
import { type Counts, type Course, counts } from "../../model/tally.ts";
import { entriesOf, factsOf, gravestOf, worstOf, youngTrouble } from "./course.ts";
import type { Symptom } from "./facts.ts";
import { why } from "./why.ts";

const STEPS = 60;
const BOTH = ["latency", "availability"] as const;

type Shape = { readonly ms: number; readonly faults?: number; readonly refused?: number };

function step({ ms, faults = 0, refused = 0 }: Shape, at: number): Counts {
  const durationUs = 100_000 * ms * (1.04 + 0.001 * (at % 5));
  return { requests: 100, faults, ours: 0, refused, timed: 100, durationUs };
}

/** web, which is published, calls db; from step 48 on with what is given */
function course(then: { web?: Shape; db?: Shape } = {}): Course {
  const steps = (usual: Shape, later: Shape = usual) =>
    Array.from({ length: STEPS }, (_, at) => step(at >= 48 ? later : usual, at));
  return {
    stepSeconds: 10,
    startsS: Array.from({ length: STEPS }, (_, at) => 1_900_000_000 + 10 * at),
    services: [
      { name: "web", namespace: "shop", steps: steps({ ms: 50 }, then.web) },
      { name: "db", namespace: "shop", steps: steps({ ms: 20 }, then.db) },
    ],
    calls: [
      { source: "outside", destination: "web", requests: Array.from({ length: STEPS }, () => 100) },
      { source: "web", destination: "db", requests: Array.from({ length: STEPS }, () => 100) },
    ],
  };
}

test("what was counted becomes series, calls between services edges, and what is before the window the baseline", () => {
  const facts = factsOf(course(), 1_900_000_450);

  expect(facts).toMatchObject({ usual: 45, intervalS: 10, edges: [[0, 1]] });
  expect(facts.services[0]?.latency.mean[0]).toBeCloseTo(0.052, 3);
  expect(facts.services[1]?.requests[0]).toBe(100);
});

test("a window that would leave no baseline begins later", () => {
  expect(factsOf(course(), 0).usual).toBe(36);
  const short = course();
  const first = 15;
  const services = short.services.map((one) => ({ ...one, steps: one.steps.slice(0, first) }));
  expect(factsOf({ ...short, services, startsS: short.startsS.slice(0, first) }, 0).usual).toBe(12);
});

test("what went wrong soon after the start of a young mesh is found, when it is grave", () => {
  const young = (ms: number, length: number) => {
    const all = course({ db: { ms } });
    const cut = 48 - 8;
    const services = all.services.map((one) => ({ ...one, steps: one.steps.slice(cut, cut + length) }));
    const calls = all.calls.map((one) => ({ ...one, requests: one.requests.slice(cut, cut + length) }));
    return { ...all, services, calls, startsS: all.startsS.slice(cut, cut + length) };
  };
  const told = (given: Course, fromS = 0) => {
    const found = youngTrouble(given, fromS, [0, 1], BOTH);
    return found && why(found.facts, found.symptom);
  };

  expect(factsOf(young(80, 20), 0).usual).toBe(12);
  for (const length of [12, 16, 20]) {
    const { findings, baseline } = told(young(80, length)) ?? {};
    expect(findings?.[0]?.subject.service).toBe("db");
    expect(baseline?.to).toBe(new Date(1000 * 1_900_000_470).toISOString());
  }
  expect(told(young(50, 20))).toBeUndefined();
  expect(told(course({ db: { ms: 80 } }), 1_900_000_450)).toBeUndefined();
});

test("a time in which the mesh did not run is no baseline", () => {
  const broken = course();
  const services = broken.services.map((one) => ({
    ...one,
    steps: one.steps.map((step, at) => (at >= 4 && at < 41 ? counts() : step)),
  }));

  // 23 steps have requests, 13 of them are three fifths
  const facts = factsOf({ ...broken, services }, 1_900_000_300);
  expect(facts.usual).toBe(13);
  expect(facts.times[facts.usual]).toBe(1_900_000_500);
  expect([...facts.services[0]!.requests].every((requests) => requests === 100)).toBe(true);
});

test("what a known incident takes of the baseline is left out, as long as enough remains", () => {
  const at = (second: number) => new Date(1000 * (1_900_000_000 + second)).toISOString();
  const facts = (to: number) => factsOf(course(), 1_900_000_450, [{ from: at(105), to: at(to) }]);

  expect(facts(200)).toMatchObject({ usual: 35, left: [{ from: at(105), to: at(200) }] });
  expect(facts(200).times).not.toContain(1_900_000_100);
  expect(facts(200).services[0]?.requests).toHaveLength(50);
  expect(facts(440)).toMatchObject({ usual: 45, left: [] });
  expect(facts(600).times).toHaveLength(60);
});

test("the same trouble some minutes before does not hide the one that is asked about", () => {
  const of = course({ web: { ms: 130 }, db: { ms: 100 } });
  const services = of.services.map((one) => ({
    ...one,
    steps: one.steps.map((step, at) => (at >= 20 && at < 26 ? (one.steps.at(-1) as Counts) : step)),
  }));

  expect(worstOf(factsOf({ ...of, services }, 1_900_000_450), [0], BOTH)).toMatchObject({ metric: "latency" });
});

test("whom a limit turned away has failed", () => {
  const facts = factsOf(course({ web: { ms: 50, refused: 40 } }), 1_900_000_450);

  expect(facts.services[0]?.availability[50]).toBeLessThan(1);
});

test("the worst is the service and the metric that stand out most, and its cause is found below it", () => {
  const of = course({ web: { ms: 130 }, db: { ms: 100 } });
  const facts = factsOf(of, 1_900_000_450);

  const symptom = worstOf(facts, entriesOf(of), BOTH);

  expect(symptom).toMatchObject({ service: 0, metric: "latency" });
  const [finding] = why(facts, symptom as Symptom).findings;
  expect(finding?.subject.service).toBe("db");
  expect(Date.parse(finding?.since ?? "") / 1000).toBe(1_900_000_480);
});

test("failures are worse than nothing", () => {
  const facts = factsOf(course({ web: { ms: 50, faults: 20 } }), 1_900_000_450);

  expect(worstOf(facts, [0, 1], BOTH)).toMatchObject({ service: 0, metric: "availability" });
});

test("of whom nobody asked about, only what is grave counts", () => {
  const gravest = (shape: Shape) => gravestOf(factsOf(course({ db: shape }), 1_900_000_450), [0, 1], BOTH);

  expect(gravest({ ms: 20, faults: 20 })).toMatchObject({ service: 1, metric: "availability" });
  expect(gravest({ ms: 100 })).toMatchObject({ service: 1, metric: "latency" });
  expect(gravest({ ms: 20, faults: 1 })).toBeUndefined();
});

test("what has become a millisecond slower is nobody's question, however much that is of what it was", () => {
  const gravest = (ms: number) => {
    const of = course();
    const steps = Array.from({ length: STEPS }, (_, at) => step({ ms: at >= 48 ? ms : 0.4 }, at));
    const services = of.services.map((one) => (one.name === "db" ? { ...one, steps } : one));
    return gravestOf(factsOf({ ...of, services }, 1_900_000_450), [0, 1], BOTH);
  };

  expect(gravest(2)).toBeUndefined();
  expect(gravest(20)).toMatchObject({ service: 1, metric: "latency" });
});

test("requests come in where the outside calls, or else where nobody calls", () => {
  const of = course();
  expect(entriesOf(of)).toEqual([0]);
  expect(entriesOf({ ...of, calls: of.calls.slice(1) })).toEqual([0]);
});
