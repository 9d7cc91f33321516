import { expect, test } from "bun:test";
import { seededRandom } from "../../base/random.ts";
import { probes } from "./probes.ts";

const CART = { name: "cart", namespace: "shop" };

/** how many of the requests at these seconds are known as probes */
const known = (path: string, seconds: readonly number[]) => {
  const watch = probes();
  return seconds.filter((second) => watch.isProbe(1, CART, path, 1e15 + second * 1e6)).length;
};
const beat = (everyS: number, count: number, jitterS = 0, random = seededRandom(1)) =>
  Array.from({ length: count }, (_, index) => index * everyS + (random.unit() - 0.5) * jitterS);

test("a caller that asks for /healthz at a beat is known after seven requests", () => {
  expect(known("/healthz", beat(5, 20, 0.2))).toBe(14);
  expect(known("/actuator/health", beat(10, 20, 1))).toBe(14);
});

test("up to three of them behind one address, also when one comes late once", () => {
  const two = [...beat(10, 15), ...beat(10, 15).map((second) => second + 3)].sort((a, b) => a - b);
  const late = beat(5, 20).map((second, index) => (index === 12 ? second + 2 : second));

  expect(known("/ready", two)).toBeGreaterThan(15);
  expect(known("/ready", late)).toBe(14);
});

test("people and load are none: not at a beat, too often, or another path", () => {
  const random = seededRandom(7);
  const atRandom = Array.from({ length: 200 }, () => random.unit() * 1000).sort((a, b) => a - b);

  expect(known("/status", atRandom)).toBeLessThan(4);
  expect(known("/healthz", beat(0.1, 100))).toBe(0);
  expect(known("/cart", beat(5, 50))).toBe(0);
});
