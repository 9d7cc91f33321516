import { expect, test } from "bun:test";
import type { TraceSpan } from "../../../src/api/types.ts";
import { ticks, unfolded } from "./picture.ts";

test.each([
  [1_000, [0, 200, 400, 600, 800]],
  [985_000, [0, 200_000, 400_000, 600_000, 800_000]],
  [100, [0, 20, 40, 60, 80]],
  [1, [0, 0.2, 0.4, 0.6000000000000001, 0.8]],
  [0, [0]],
])("a trace of %d µs has marks at round times", (wholeUs, marks) => {
  expect(ticks(wholeUs)).toEqual(wholeUs === 0 ? [] : marks);
});

test("what is under a folded call is not shown, and what comes after it is", () => {
  const spans = [0, 1, 2, 2, 1].map((depth, i) => ({ spanId: String(i), depth }) as TraceSpan);

  expect(unfolded(spans, new Set(["1"])).map(({ spanId }) => spanId)).toEqual(["0", "1", "4"]);
  expect(unfolded(spans, new Set()).length).toBe(5);
});
