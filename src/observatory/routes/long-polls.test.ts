import { expect, test } from "bun:test";
import { seededRandom } from "../../base/random.ts";
import { longPolls } from "./long-polls.ts";

type Answer = readonly [status: number, bytes: number, seconds: number];

/** of the answers, how many are known as such that waited */
const known = (answers: readonly Answer[], watch = longPolls()) =>
  answers.filter(([status, bytes, seconds]) => watch.waits(7, status, bytes, seconds * 1e6)).length;

const random = seededRandom(3);
const many = (count: number, make: () => Answer) => Array.from({ length: count }, make);
const timer = (seconds: number, status = 200): Answer => [status, 12, seconds + random.unit() * 0.03];
/** an event comes at any time */
const event = (within: number): Answer => [200, 300 + random.unit() * 500, random.unit() * within];
const quick = (): Answer => [200, 800, 0.005 + random.unit() * 0.02];

test("an endpoint that answers at a fixed time with nothing, or before it with something, is known", () => {
  expect(known(many(200, () => (random.unit() < 0.5 ? timer(30) : event(30))))).toBeGreaterThan(160);
});

test("one that never has anything to say is known by its status", () => {
  expect(known(many(100, () => timer(25, 204)))).toBeGreaterThan(70);
});

test("a constant delay is no long poll, nor is a slow endpoint, nor one that hardly waits", () => {
  expect(known(many(200, () => timer(2)))).toBe(0);
  expect(known(many(200, (): Answer => [200, 700 + random.unit() * 100, 2 + random.unit() * 8]))).toBe(0);
  expect(known(many(200, () => (random.unit() < 0.5 ? timer(1) : event(1))))).toBe(0);
});

test("an endpoint that was quick and now gives up waiting for another one stays in the figures", () => {
  const before = many(500, quick);
  const incident = many(300, () => (random.unit() < 0.6 ? timer(5) : event(5)));

  expect(known([...before, ...incident])).toBe(0);
});

test("one that waits no more is an ordinary endpoint again", () => {
  const watch = longPolls();
  known(
    many(100, () => (random.unit() < 0.5 ? timer(30) : event(30))),
    watch,
  );
  known(many(120, quick), watch);

  expect(known(many(20, quick), watch)).toBe(0);
});
