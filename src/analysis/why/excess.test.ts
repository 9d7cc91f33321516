import { expect, test } from "bun:test";
import { excessOf } from "./excess.ts";

/** twelve samples in which nothing failed, and then these shares of seven requests */
function failing(...shares: readonly number[]) {
  return excessOf(Float64Array.from([...Array(12).fill(0), ...shares]), 12, 1 / 7);
}

test("a few failures in each of several samples stand out as one run", () => {
  const { run, needed } = failing(0.22, 0.27, 0.14, 0.29, 0.25, 0.3);

  expect(run).toMatchObject({ from: 12, length: 6 });
  expect(run.score).toBeGreaterThanOrEqual(needed);
});

test("as many in a single sample, or one now and then, do not", () => {
  for (const { run, needed } of [failing(0, 0.7, 0, 0, 0, 0), failing(0.14, 0, 0.14, 0, 0, 0.14)]) {
    expect(run.score).toBeLessThan(needed);
  }
});
