import { expect, test } from "bun:test";
import { mesh } from "./facts.fixture.ts";
import type { Facts, ServiceFacts, Symptom } from "./facts.ts";
import { sickness } from "./symptom.ts";
import { why } from "./why.ts";

const slow: Symptom = { service: 0, metric: "latency", statistic: "mean", at: 1_900_007_500 };
const failing: Symptom = { ...slow, metric: "availability" };
const first = (facts: Facts, symptom: Symptom) => why(facts, symptom).findings[0]?.subject.service;

test.each(["web", "cart", "ads", "db"] as const)("%s is found when it takes longer by itself", (name) => {
  const answer = why(mesh({ [name]: { own: 0.05 } }), slow);

  expect(answer.findings[0]?.subject.service).toBe(name);
  expect(answer.state).toBe("explained");
  expect(answer.confidence).toBe("high");
});

test.each(["web", "cart", "ads", "db"] as const)("%s is found when it fails by itself", (name) => {
  expect(first(mesh({ [name]: { fails: 0.05 } }), failing)).toBe(name);
});

test("the finding tells since when, by which way, and how much each request of the target pays", () => {
  const facts = mesh({ db: { own: 0.05 } });

  const [finding] = why(facts, slow).findings;

  expect(finding?.since).toBe(new Date(1000 * (facts.times[122] as number)).toISOString());
  expect(finding?.path).toEqual(["web", "cart", "db"]);
  const { baseline, observed } = finding?.evidence[0] ?? { baseline: 0, observed: 0 };
  expect(observed - baseline).toBeCloseTo(0.1, 2); // two calls for each request
});

test.each([1, 2, 3, 4, 5])("nothing is wrong in a window like all others (seed %i)", (seed) => {
  const answer = why(mesh({}, { seed }), slow);

  expect(answer.state).toBe("nothing-wrong");
  expect(answer.findings).toEqual([]);
});

test("the same trouble before, which came back, does not hide the next one", () => {
  const facts = mesh({ db: { own: 0.05 } }, { before: [[40, 20]] });

  const answer = why(facts, slow);

  expect(answer).toMatchObject({ state: "explained", confidence: "high" });
  expect(answer.findings[0]?.subject.service).toBe("db");
  expect(answer.findings[0]?.since).toBe(new Date(1000 * (facts.times[122] as number)).toISOString());
  const [from, to] = [facts.times[39], facts.times[61]].map((at) => new Date(1000 * (at as number)).toISOString());
  expect(answer.assumptions).toContainEqual(expect.stringContaining(`${from} to ${to}`));
});

test("what comes now and then is nothing new, and that is not sure to be well", () => {
  const now = [10, 40, 80].map((from): [number, number] => [from, 8]);
  const answer = why(mesh({ web: { own: 0.2 } }, { before: now }), slow);

  expect(answer).toMatchObject({ state: "nothing-wrong", confidence: "low" });
  expect(answer.verdict).toStartWith("nothing new is wrong with web: ");
  expect(answer.next).toHaveLength(1);
});

test("a loud neighbour that the target does not call is no suspect", () => {
  const answer = why(mesh({ cron: { own: 60 }, db: { own: 0.02 } }), slow);

  expect(answer.findings.map(({ subject }) => subject.service)).not.toContain("cron");
  expect(answer.findings[0]?.subject.service).toBe("db");
});

test("more load alone is no fault", () => {
  expect(why(mesh({}, { load: 1.6 }), slow).state).toBe("nothing-wrong");
});

test("without a baseline it says that it cannot know", () => {
  const facts = mesh({ db: { own: 0.05 } });
  facts.services[0]?.latency.mean.fill(Number.NaN, 0, facts.usual);

  expect(why(facts, slow).state).toBe("not-enough-data");
});

test("gaps in the series of others neither make nor hide a cause", () => {
  const facts = mesh({ db: { own: 0.05 } });
  for (let at = 0; at < facts.times.length; at += 3) {
    for (const { latency, requests } of facts.services.slice(1, 3)) {
      latency.mean[at] = Number.NaN;
      if (at % 2 === 0) requests[at] = Number.NaN;
    }
  }

  expect(first(facts, slow)).toBe("db");
});

test("services that call each other are no endless way", () => {
  const facts = mesh({ db: { own: 0.05 } });

  expect(first({ ...facts, edges: [...facts.edges, [3, 1], [1, 0]] }, slow)).toBe("db");
});

test("who calls more often than usual is blamed, and not whom he calls", () => {
  expect(first(mesh({ cart: { calls: 10 } }), slow)).toBe("cart");
});

test("a second try hides few failures and not many: those are still the callee's", () => {
  const facts = mesh({ cart: { tries: 1 }, db: { fails: 0.4 } });

  expect(first(facts, failing)).toBe("db");
});

test("who fails because a callee has become slow is not the cause, who fails at once is", () => {
  const held = { fails: 0.3, own: 0.2 };

  expect(first(mesh({ web: held, db: { own: 0.4 } }), failing)).toBe("db");
  expect(first(mesh({ web: held, db: {} }), failing)).toBe("web");
  expect(first(mesh({ web: { fails: 0.3 } }), failing)).toBe("web");
});

test("of one sample more is asked than of several", () => {
  const slower = (samples: number) => {
    const facts = mesh({});
    const { mean } = (facts.services[0] as ServiceFacts).latency;
    for (const at of mean.keys()) {
      const restless = 1 + 0.1 * Math.sin(1.7 * at);
      mean[at] = (mean[at] as number) * (at >= 122 && at < 122 + samples ? 1.35 : restless);
    }
    return sickness(facts, slow).isWorse;
  };

  expect(slower(1)).toBe(false);
  expect(slower(4)).toBe(true);
});

test("of one service that stands out in one sample nothing is told, unless the target is worse in it", () => {
  const facts = (samples: number, sheds: number) => {
    const all = mesh({});
    const [web, , , db] = all.services.map(({ latency }) => latency) as ServiceFacts["latency"][];
    for (let at = 123; at < 123 + samples; at++) {
      db!.mean[at] = (db!.mean[at] as number) + 0.03;
      web!.mean[at] = (web!.mean[at] as number) + sheds;
    }
    return all;
  };

  // web makes up for it elsewhere, so that only a service below stands out
  expect(why(facts(1, 0), slow).state).toBe("nothing-wrong");
  expect(why(facts(1, 0.06), slow).findings[0]?.subject.service).toBe("db");
});

test("latency that is hardly worse than chance, and that nobody accounts for, is nothing", () => {
  const tail: Symptom = { ...slow, statistic: "p95" };
  const slower = (by: number) => {
    const facts = mesh({});
    const { p95 } = (facts.services[0] as ServiceFacts).latency;
    for (const at of p95.keys()) {
      const restless = 1 + 0.2 * Math.sin(1.7 * at);
      p95[at] = (p95[at] as number) * (at >= 122 ? by : restless);
    }
    return facts;
  };
  let by = 1.1;
  while (!sickness(slower(by), tail).isWorse) by += 0.005;

  expect(why(slower(by), tail).state).toBe("nothing-wrong");
  expect(why(slower(2 * by), tail).state).toBe("unexplained");
});

test("what is too much to be nothing and too little to be sure is not surely well", () => {
  const facts = mesh({});
  const { availability } = facts.services[0] as ServiceFacts;
  for (const at of availability.keys()) availability[at] = at % 9 === 4 ? 0.98 : 1;

  expect(why(facts, failing)).toMatchObject({ state: "nothing-wrong", confidence: "medium" });
  expect(why(mesh({}), failing)).toMatchObject({ state: "nothing-wrong", confidence: "high" });
});

test("what takes longer than a sample is counted when it ends, and is still what its callers gave up on before", () => {
  const facts = mesh({ web: { fails: 0.3, own: 0.2 }, db: { own: 200 } });
  const [, cart, , db] = facts.services as readonly ServiceFacts[];
  for (const at of [122, 123, 124]) {
    cart!.latency.mean[at] = 0.04;
    db!.latency.mean[at] = 0.01;
  }

  expect(first(facts, failing)).toBe("db");
  expect(first({ ...facts, intervalS: 300 }, failing)).toBe("web");
});

test("who is asked more often than tries make it does not hold up who asks", () => {
  const calls = (more: number) => first(mesh({ cart: { own: 0.1, calls: more }, db: { own: 0.012 } }), slow);

  expect(calls(0)).toBe("db");
  expect(calls(6)).toBe("cart");
});

test("who is taken for held up by the first is told, however many others add more", () => {
  const facts = mesh({ cart: { own: 0.1 }, db: { own: 0.02 } });
  const [web, , ads] = facts.services as readonly ServiceFacts[];
  const many = Array.from({ length: 12 }, (_, index) => {
    const one = structuredClone(ads as ServiceFacts);
    one.latency.mean.forEach((value, at, all) => {
      all[at] = value + (at >= 122 ? 0.002 : 0);
      web!.latency.mean[at] = (web!.latency.mean[at] as number) + (all[at] as number);
    });
    return { ...one, name: `small-${index}`, requests: web!.requests };
  });
  const services = [...facts.services, ...many];
  const edges = [...facts.edges, ...many.map((_, at) => [0, facts.services.length + at] as const)];

  const { findings } = why({ ...facts, services, edges }, slow);

  expect(findings[0]?.subject.service).toBe("db");
  expect(findings.map(({ subject }) => subject.service)).toContain("cart");
  expect(findings.length).toBeLessThan(services.length);
});

test("what a callee adds is too little for all that its caller does: then it is the caller's", () => {
  expect(first(mesh({ cart: { own: 0.1 }, db: { own: 0.02 } }), slow)).toBe("db");
  expect(first(mesh({ cart: { own: 2 }, db: { own: 0.02 } }), slow)).toBe("cart");
});

test("what is known besides the figures clears: who is slow by himself is not held up, who is slow for one caller is not slow", () => {
  const facts = mesh({ cart: { own: 0.1 }, db: { own: 0.02 } });

  expect(why(facts, slow, { free: new Set(["cart"]) }).findings[0]?.subject.service).toBe("cart");
  const cleared = why(facts, slow, { cleared: new Map([["db", "cart"]]) });
  expect(cleared.findings[0]?.subject.service).toBe("cart");
});
