import { expect, test } from "bun:test";
import { requests } from "./contrast/requests.fixture.ts";
import { mixOf } from "./mix.ts";

const before = requests(2000);

test("more requests of a costly route are why the mean is higher", () => {
  const mix = mixOf(before, requests(1000, undefined, { seed: 2, mix: [0.4, 0.25, 0.35] }));

  expect(mix?.route).toBe("GET /report");
  expect(mix?.before).toBeCloseTo(0.05, 1);
  expect(mix?.during).toBeCloseTo(0.35, 1);
  expect(mix?.ms).toBeGreaterThan(400);
});

test("a route that nobody asked for before counts as well", () => {
  const without = before.filter(({ route }) => route !== "GET /report");
  expect(mixOf(without, before)?.route).toBe("GET /report");
});

test("the same requests that take longer are no other mix", () => {
  expect(mixOf(before, requests(1000, { on: () => true, ms: 100 }, { seed: 2 }))).toBeUndefined();
});

test("other requests that add less than slowness does are not why", () => {
  const both = requests(1000, { on: () => true, ms: 300 }, { seed: 2, mix: [0.58, 0.34, 0.08] });
  expect(mixOf(before, both)).toBeUndefined();
});

test("the usual ups and downs are no other mix", () => {
  const told = Array.from({ length: 200 }, (_, at) => mixOf(before, requests(300, undefined, { seed: 100 + at })));
  expect(told.filter((mix) => mix !== undefined).length).toBeLessThanOrEqual(2);
});
