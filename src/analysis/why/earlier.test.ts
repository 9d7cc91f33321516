import { expect, test } from "bun:test";
import { withoutEarlier } from "./earlier.ts";
import { mesh } from "./facts.fixture.ts";
import type { Symptom } from "./facts.ts";

const slow: Symptom = { service: 0, metric: "latency", statistic: "mean", at: 1_900_007_500 };
const bad = { db: { own: 0.1 } };
const calm = (before: [number, number][]) => withoutEarlier(mesh(bad, { before }), slow);

test("up to two runs that came back are left out, with what lies at their ends", () => {
  const facts = calm([
    [20, 10],
    [70, 6],
  ]);

  expect(facts.usual).toBe(120 - 12 - 8);
  expect(facts.times).toHaveLength(126 - 12 - 8);
  expect(facts.services[3]?.latency.p99).toHaveLength(facts.times.length);
  expect(Math.max(...(facts.services[3]?.latency.mean.subarray(0, facts.usual) ?? []))).toBeLessThan(0.02);
  expect(facts.left).toEqual([
    { from: at(19), to: at(31) },
    { from: at(69), to: at(77) },
  ]);
});

test.each([
  ["three runs are a habit", [20, 10], [50, 10], [80, 10]],
  ["so is what was there for most of the time", [10, 60]],
  ["and two samples are no trouble", [50, 2]],
] as [string, ...[number, number][]][])("%s", (_, ...before) => {
  const facts = calm(before);

  expect(facts.usual).toBe(120);
  expect(facts.left ?? []).toEqual([]);
});

test("a trouble that pauses for two samples is one", () => {
  expect(
    calm([
      [20, 4],
      [26, 4],
      [60, 4],
      [66, 4],
    ]).left,
  ).toHaveLength(2);
});

test("what goes on into the window began before it, and the window begins with it", () => {
  expect(calm([[112, 8]])).toMatchObject({ usual: 112, times: { length: 126 } });
});

test("while nothing is bad now, all of the baseline is usual", () => {
  const facts = withoutEarlier(mesh({}), slow);
  expect(facts.usual).toBe(120);
});

function at(sample: number): string {
  return new Date(1000 * (1_900_000_000 + 60 * sample)).toISOString();
}
