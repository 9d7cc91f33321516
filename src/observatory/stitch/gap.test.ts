import { expect, test } from "bun:test";
import { BINS, binOf, densities } from "./gap.ts";

test.each([
  [-5, 0],
  [0, 0],
  [1, 8],
  [3, 16],
  [1023, 80],
  [1e12, BINS - 1],
])("a gap of %d µs is in bin %d: eight to an octave of gap + 1", (us, bin) => {
  expect(binOf(us)).toBe(bin);
});

test.each([0, 1, 5000])("densities of %d gaps are those of one distribution, and nothing is impossible", (weight) => {
  const counts = new Float32Array(BINS);
  counts[60] = weight;

  const shares = densities(counts, weight, new Float64Array(BINS).fill(1 / BINS));

  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(Math.min(...shares)).toBeGreaterThan(0);
});
