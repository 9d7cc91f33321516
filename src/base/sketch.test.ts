import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeSketch, encodeSketch, mergeEncoded } from "./sketch.bytes.ts";
import { add, countAbove, merge, quantile, RELATIVE_ERROR, type Sketch, sketch } from "./sketch.ts";

const values = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 0xffffffff }),
    fc.integer({ min: 0, max: 5_000 }),
    fc.double({ min: 1, max: 1e15, noNaN: true }),
  ),
  { minLength: 1, maxLength: 500 },
);
const share = fc.double({ min: 0, max: 1, noNaN: true });

function sketchOf(list: readonly number[]): Sketch {
  const result = sketch();
  for (const value of list) add(result, value);
  return result;
}

/** what a sketch says, free of how much room its array happens to have */
function contents(of: Sketch) {
  return { count: of.count, bytes: Array.from(encodeSketch(of)) };
}

describe("a sketch of durations", () => {
  test("has every quantile within one per cent of the true value", () => {
    fc.assert(
      fc.property(values, share, (list, q) => {
        const sorted = [...list].sort((a, b) => a - b);
        const truth = sorted[Math.floor(q * (sorted.length - 1))] ?? 0;

        const found = quantile(sketchOf(list), q) ?? Number.NaN;

        expect(Math.abs(found - truth)).toBeLessThanOrEqual(truth * RELATIVE_ERROR * (1 + 1e-9));
      }),
    );
  });

  test("merged with another is the sketch of both", () => {
    fc.assert(
      fc.property(values, values, (left, right) => {
        const merged = sketchOf(left);
        merge(merged, sketchOf(right));

        expect(contents(merged)).toEqual(contents(sketchOf([...left, ...right])));
      }),
    );
  });

  test("leaves what is merged into another as it was", () => {
    const from = sketchOf([1, 10, 100]);
    const before = contents(from);

    const into = sketchOf([5]);
    merge(into, from);
    add(into, 10);

    expect(contents(from)).toEqual(before);
  });

  test("survives being written to bytes and read back", () => {
    fc.assert(
      fc.property(values, values, (list, more) => {
        const back = decodeSketch(encodeSketch(sketchOf(list)));
        mergeEncoded(back, encodeSketch(sketchOf(more)));

        expect(contents(back)).toEqual(contents(sketchOf([...list, ...more])));
      }),
    );
  });

  test("has no quantiles when it is empty", () => {
    expect(quantile(sketch(), 0.5)).toBeUndefined();
    expect(quantile(decodeSketch(encodeSketch(sketch())), 0.5)).toBeUndefined();
  });

  test("takes less than 100 bytes for ten seconds of a steady edge", () => {
    const steady = sketch();
    for (let i = 0; i < 2000; i++) add(steady, 1_000 + (i % 500));

    expect(encodeSketch(steady).length).toBeLessThan(100);
  });
});

test.each([
  ["nothing", []],
  ["another version", [9, 0, 0]],
  ["a cut number", [1, 0x80]],
  ["fewer buckets than said", [1, 0, 2, 5, 1]],
  ["bytes after the end", [1, 0, 0, 7]],
  ["a bucket beyond all values", [1, 0, 1, 0xff, 0xff, 0xff, 0x7f, 1]],
])("bytes with %s are refused", (_, bytes) => {
  expect(() => decodeSketch(new Uint8Array(bytes))).toThrow(RangeError);
});

test("how many values are larger is told to within a bucket", () => {
  const of = sketch();
  for (const value of [0, 100, 200, 300, 400, 500]) add(of, value);

  expect(countAbove(of, 250)).toBe(3);
  expect(countAbove(of, 300)).toBe(2);
  expect(countAbove(of, 0)).toBe(5);
  expect(countAbove(of, 1e9)).toBe(0);
  expect(countAbove(sketch(), 1)).toBe(0);
});
