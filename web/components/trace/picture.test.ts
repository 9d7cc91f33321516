import { expect, test } from "bun:test";
import type { AppSpan, TraceAnswer, TraceSpan } from "../../../src/api/types.ts";
import { linesOf, ownBarOf, ticks } from "./picture.ts";

test.each([
  [1_000, [0, 200, 400, 600, 800]],
  [985_000, [0, 200_000, 400_000, 600_000, 800_000]],
  [100, [0, 20, 40, 60, 80]],
  [1, [0, 0.2, 0.4, 0.6000000000000001, 0.8]],
  [0, [0]],
])("a trace of %d µs has marks at round times", (wholeUs, marks) => {
  expect(ticks(wholeUs)).toEqual(wholeUs === 0 ? [] : marks);
});

const spans = [0, 1, 2, 2, 1].map((depth, i) => ({ spanId: String(i), depth }) as TraceSpan);
const own = (spanId: string, depth: number, call?: string) => ({ spanId, depth, call, offsetUs: 0 }) as AppSpan;
const traceOf = (appSpans: readonly AppSpan[]) => ({ spans, appSpans, durationUs: 100 }) as unknown as TraceAnswer;
const shown = (trace: TraceAnswer, folded: readonly string[]) =>
  linesOf(trace, new Set(folded)).map((line) =>
    "own" in line ? `${line.own.spanId} at ${line.depth}` : line.call.spanId,
  );

test("what is under a folded call is not shown, and what comes after it is", () => {
  const trace = traceOf([own("a", 0, "1"), own("b", 1, "1")]);

  expect(shown(trace, ["1"])).toEqual(["0", "1", "4"]);
  expect(shown(trace, [])).toEqual(["0", "1", "a at 2", "b at 3", "2", "3", "4"]);
});

test("what a service did for no known call comes last", () => {
  expect(shown(traceOf([own("lost", 0), own("a", 0, "4")]), [])).toEqual([
    "0",
    "1",
    "2",
    "3",
    "4",
    "a at 2",
    "lost at 0",
  ]);
});

test("what another clock puts outside of the trace is shown at its edge", () => {
  expect(ownBarOf({ ...own("a", 0), offsetUs: -50, durationUs: 75 }, 100, 100)).toEqual({ from: 0, width: 0.25 });
  expect(ownBarOf({ ...own("a", 0), offsetUs: 150, durationUs: 75 }, 100, 100)).toEqual({ from: 1, width: 0 });
  expect(ownBarOf({ ...own("a", 0), offsetUs: 50, durationUs: 75 }, 100, 200)).toEqual({ from: 0.25, width: 0.25 });
});
