import { expect, test } from "bun:test";
import { type Random, seededRandom } from "../../base/random.ts";
import { type Candidate, probabilities, sampler } from "./sampling.ts";

type Trace = Candidate & { readonly durationMs: number };

/** A heavy tail; what takes longest is most interesting, as it is to the observatory. */
function traces(count: number, random: Random): Trace[] {
  return Array.from({ length: count }, () => {
    const durationMs = 10 * (1 - random.unit()) ** -0.7;
    return { rows: 1 + (random.u32() % 8), durationMs, interest: durationMs > 60 ? 8 : random.unit() < 0.01 ? 16 : 1 };
  });
}

const BUDGET = 500;
const TRUTH = traces(2_000, seededRandom(1));

type Drawn = { readonly kept: readonly (Trace & { readonly weight: number })[]; readonly rows: number };

function drawn(seed: number): Drawn {
  const weights = sampler(seededRandom(seed), BUDGET / 2, 0).draw(TRUTH, 0, 0);
  const kept = TRUTH.map((trace, i) => ({ ...trace, weight: weights[i] as number })).filter(({ weight }) => weight > 0);
  return { kept, rows: kept.reduce((sum, { rows }) => sum + rows, 0) };
}

const RUNS = Array.from({ length: 1_000 }, (_, i) => drawn(i + 1));

/** How far the mean of what the runs say is from the truth, in standard errors of that mean. */
function bias(of: (run: Drawn) => number, truth: number): number {
  const said = RUNS.map(of);
  const mean = said.reduce((sum, value) => sum + value, 0) / said.length;
  const variance = said.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (said.length - 1);
  return Math.abs(mean - truth) / Math.sqrt(variance / said.length);
}

const total = (of: readonly Trace[], value: (trace: Trace) => number) =>
  of.reduce((sum, trace) => sum + value(trace), 0);

test("on average as many rows are kept as the budget allows", () => {
  expect(bias(({ rows }) => rows, BUDGET)).toBeLessThan(3.5);
});

test.each<[string, (trace: Trace) => number]>([
  ["traces", () => 1],
  ["rows", ({ rows }) => rows],
  ["time", ({ durationMs }) => durationMs],
  ["slow ones", ({ durationMs }) => (durationMs > 100 ? 1 : 0)],
  ["fast ones", ({ durationMs }) => (durationMs < 12 ? 1 : 0)],
])("the weighted number of %s is right on average", (_, value) => {
  const said = ({ kept }: Drawn) => kept.reduce((sum, trace) => sum + trace.weight * value(trace), 0);

  expect(bias(said, total(TRUTH, value))).toBeLessThan(3.5);
});

/** Woodruff (1952): an interval of the weighted share below, turned into one of the value. */
function quantileInterval({ kept }: Drawn, q: number): readonly [number, number] {
  const ordered = kept.toSorted((a, b) => a.durationMs - b.durationMs);
  const all = ordered.reduce((sum, { weight }) => sum + weight, 0);
  const at = (share: number, further = 0) => {
    let below = 0;
    const found = ordered.findIndex(({ weight }) => {
      below += weight;
      return below >= share * all;
    });
    const last = ordered.length - 1;
    return ordered[Math.min(last, Math.max(0, (found < 0 ? last : found) + further))]?.durationMs as number;
  };
  const middle = at(q);
  // each was drawn by itself: the variance of a sum is that of its parts
  const variance = ordered.reduce((sum, { weight, durationMs }) => {
    return sum + weight * (weight - 1) * ((durationMs <= middle ? 1 : 0) - q) ** 2;
  }, 0);
  const halfWidth = (1.96 * Math.sqrt(variance)) / all;
  // outwards: what was drawn is coarse
  return [at(q - halfWidth, -1), at(q + halfWidth, 1)];
}

test.each([0.5, 0.9, 0.95, 0.99])("95 of 100 intervals of the %d quantile hold the true one", (q) => {
  const truth = TRUTH.toSorted((a, b) => a.durationMs - b.durationMs)[Math.ceil(q * TRUTH.length) - 1]
    ?.durationMs as number;
  const holds = RUNS.filter((run) => {
    const [low, high] = quantileInterval(run, q);
    return low <= truth && truth <= high;
  });

  // a thousand runs tell a share of 0.95 within 0.014
  expect(holds.length / RUNS.length).toBeGreaterThan(0.93);
});

test("what is interesting is kept more often, and nothing is impossible", () => {
  const [ordinary, failed, rare] = probabilities(
    [
      { rows: 1_000, interest: 1 },
      { rows: 10, interest: 8 },
      { rows: 1, interest: 16 },
    ],
    60,
  ) as [number, number, number];

  expect(failed / ordinary).toBeCloseTo(8, 3);
  expect(rare).toBeGreaterThan(failed);
  expect(probabilities([{ rows: 5, interest: 1 }], 0)[0]).toBeGreaterThan(0);
  expect(probabilities([{ rows: 5, interest: 1 }], 5)).toEqual([1]);
});
