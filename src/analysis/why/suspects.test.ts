import { expect, test } from "bun:test";
import { mesh } from "./facts.fixture.ts";
import type { Facts, ServiceFacts, Symptom } from "./facts.ts";
import { why } from "./why.ts";

const slow: Symptom = { service: 0, metric: "latency", statistic: "mean", at: 1_900_007_500 };
const failing: Symptom = { ...slow, metric: "availability" };
const first = (facts: Facts, symptom: Symptom) => why(facts, symptom).findings[0]?.subject.service;
/** fails, because it gives up waiting */
const held = { fails: 0.3, own: 0.2 };
const ONSET = 122;

test("what gets worse and worse holds up its callers from when it first was ill, not from when it was worst", () => {
  const facts = mesh({ web: held, db: {} });
  const { mean } = (facts.services[3] as ServiceFacts).latency;
  for (let at = ONSET; at < mean.length; at++) mean[at] = 0.03 * 4 ** (at - ONSET + 1);

  expect(first(facts, failing)).toBe("db");
});

test("who holds up is found whichever of several ways leads to him", () => {
  const facts = mesh({ cart: held, db: { own: 0.4 } });

  // most of what is asked of db now comes by another way
  expect(first({ ...facts, edges: [...facts.edges, [2, 3]] }, failing)).toBe("db");
});

test("who holds up others and is held up himself is not the cause", () => {
  expect(first(mesh({ web: held, cart: { own: 2 }, db: { own: 0.4 } }), failing)).toBe("db");
});

test("who stands still asks less than before, and is still held up by whom others ask as much", () => {
  const facts = mesh({ web: { own: 1 }, cart: { own: 0.3 } });
  const { requests } = facts.services[0] as ServiceFacts;
  for (let at = ONSET; at < requests.length; at++) requests[at] = (requests[at] as number) / 10;

  expect(first(facts, slow)).toBe("cart");
});

test("who is asked twice as often, and answers well and in time, holds up nobody", () => {
  expect(first(mesh({ cart: { own: 0.1, calls: 2 }, db: { own: 0.012 } }), slow)).toBe("cart");
});

test("before a callee that takes many times as long as usual a queue may be long", () => {
  expect(first(mesh({ cart: { own: 5 }, db: { own: 0.06 } }), slow)).toBe("db");
  expect(first(mesh({ cart: { own: 5 }, db: { own: 0.02 } }), slow)).toBe("cart");
});
