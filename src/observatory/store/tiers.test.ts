import { expect, test } from "bun:test";
import fc from "fast-check";
import { grainAt, pieces, type Spans, TIERS } from "./tiers.ts";

const secondsOf = (kind: string) => TIERS.find((tier) => tier.kind === kind)?.seconds ?? Number.NaN;
const spansUntil = (minutes: number, hours: number): Spans => ({
  tens: { until: 0, from: 0 },
  minutes: { until: minutes * 60, from: 0 },
  hours: { until: hours * 3600, from: 0 },
});

test("pieces cover a stretch once, each of whole periods that fit into the steps and exist", () => {
  const tens = fc.integer({ min: 0, max: 100_000 }).map((n) => n * 10);
  const step = fc.constantFrom(undefined, 10, 30, 60, 600, 3600, 7200);
  fc.assert(
    fc.property(tens, tens, step, fc.nat(16_000), fc.nat(270), (a, b, stepS, minutes, hours) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const spans = spansUntil(minutes, hours);

      let at = from;
      for (const piece of pieces(spans, from, to, stepS)) {
        const seconds = secondsOf(piece.kind);
        expect(piece.from).toBe(at);
        expect([piece.from % seconds, piece.to % seconds]).toEqual([0, 0]);
        if (stepS !== undefined) expect(stepS % seconds).toBe(0);
        if (piece.kind !== "tens") expect(piece.to).toBeLessThanOrEqual(spans[piece.kind].until);
        at = piece.to;
      }

      expect(at).toBe(to);
    }),
  );
});

test("a day is read by the hour, but for its ends", () => {
  const day = pieces(spansUntil(100_000, 1_600), 3600 * 1_000 - 70, 3600 * 1_024 + 20);

  expect(day).toEqual([
    { kind: "tens", from: 3_599_930, to: 3_599_940 },
    { kind: "minutes", from: 3_599_940, to: 3_600_000 },
    { kind: "hours", from: 3_600_000, to: 3_686_400 },
    { kind: "tens", from: 3_686_400, to: 3_686_420 },
  ]);
});

test("the longer ago, the coarser is what is left", () => {
  const spans = { tens: { until: 0, from: 900 }, minutes: { until: 0, from: 300 }, hours: { until: 0, from: 100 } };

  expect([1_000, 900, 899, 300, 299, 50].map((at) => grainAt(spans, at))).toEqual([10, 10, 60, 60, 3600, 3600]);
});
