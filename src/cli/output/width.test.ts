import { expect, test } from "bun:test";
import fc from "fast-check";
import { cut, pad, width } from "./width.ts";

test("cut text fits and says that it was cut", () => {
  expect(cut("abcdef", 4)).toBe("abc…");
  expect(cut("日本語", 4)).toBe("日…");
  expect(cut("abc", 3)).toBe("abc");
  expect(cut("abc", 0)).toBe("");
});

test("whatever is cut is never too wide", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, cells) => {
      expect(width(cut(text, cells))).toBeLessThanOrEqual(cells);
    }),
  );
});

test("padding counts cells, not characters", () => {
  expect(pad("日", 4, "left")).toBe("日  ");
  expect(pad("日", 4, "right")).toBe("  日");
});
