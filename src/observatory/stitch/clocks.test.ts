import { expect, test } from "bun:test";
import { seededRandom } from "../../base/random.ts";
import { clockOffsets, type Timed } from "./clocks.ts";

/** Calls of `from` that take 3 to 5 ms, and what they caused at `to`, whose clock is ahead. */
function exchanged(from: number, to: number, aheadUs: number, count: number): { calls: Timed[]; served: Timed[] } {
  const random = seededRandom(from + 7);
  const calls: Timed[] = [];
  const served: Timed[] = [];
  for (let i = 0; i < count; i++) {
    const startUs = i * 1500 + 1000 * random.unit();
    const endUs = startUs + 3000 + 2000 * random.unit();
    calls.push({ workload: from, startUs, endUs });
    served.push({ workload: to, startUs: startUs + aheadUs + 120, endUs: endUs + aheadUs - 120 });
  }
  return { calls, served };
}

test.each([0, 40_000, -700_000])("a clock that is %d µs ahead is found, with several calls in flight", (aheadUs) => {
  const { calls, served } = exchanged(1, 2, aheadUs, 200);

  const offsets = clockOffsets(calls, served);

  expect((offsets.get(2) as number) - (offsets.get(1) as number)).toBeCloseTo(aheadUs, -2);
});

test("differences add up along a chain of callers", () => {
  const first = exchanged(1, 2, 5000, 200);
  const second = exchanged(2, 3, -20_000, 200);

  const offsets = clockOffsets([...first.calls, ...second.calls], [...first.served, ...second.served]);

  expect((offsets.get(3) as number) - (offsets.get(1) as number)).toBeCloseTo(-15_000, -2);
});

test("where too few exchanges are seen nothing is claimed", () => {
  const { calls, served } = exchanged(1, 2, 40_000, 2);

  expect(clockOffsets(calls, served).size).toBe(0);
});
