import { expect, test } from "bun:test";
import { BINS, binOf, logDensities, logWidths } from "./gap.ts";

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

test.each([0, 1, 5000])("densities of %d gaps are those of one distribution", (weight) => {
  const counts = new Float32Array(BINS);
  counts[60] = weight;
  const widths = logWidths(0);
  const logs = new Float32Array(BINS);

  logDensities(widths, counts, logs, weight, 0);

  const sum = logs.reduce((total, log, bin) => total + Math.exp(log + (widths[bin] as number)), 0);
  expect(sum).toBeCloseTo(1, 2);
});
