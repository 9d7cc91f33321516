import { expect, test } from "bun:test";
import { histogram } from "./histogram.ts";

test("quantiles are right to 1 %, from a tenth of a millisecond to minutes", () => {
  const times = Array.from({ length: 10_000 }, (_, i) => 0.2 * 1.001 ** i);
  const kept = histogram();
  for (const ms of times) kept.add(ms);

  for (const share of [0.5, 0.95, 0.99]) {
    const exact = times[Math.ceil(times.length * share) - 1]!;
    expect(kept.quantile(share) / exact).toBeWithin(0.985, 1.015);
  }
  expect(kept.count()).toBe(10_000);
});

test("nothing counted has no time, and no time is too short or too long to count", () => {
  const kept = histogram();
  expect(kept.quantile(0.5)).toBe(0);

  kept.add(0);
  kept.add(1e9);

  expect(kept.quantile(0.5)).toBe(0.1);
  expect(kept.quantile(1)).toBeGreaterThan(590_000);
});
