import { expect, test } from "bun:test";
import { type Hash, sipHash, sipKey } from "./siphash.ts";

const KEY = sipKey("000102030405060708090a0b0c0d0e0f")!;

function hashOf(text: string): string {
  const hash: Hash = { high: 0, low: 0 };
  sipHash(KEY, text, hash);
  return hash.high.toString(16).padStart(8, "0") + hash.low.toString(16).padStart(8, "0");
}

/** the bytes 0, 1, 2, …, n-1 */
const counting = (size: number) => String.fromCharCode(...Array.from({ length: size }, (_, i) => i));

// of the reference implementation's vectors.h, 64-bit, as numbers
test.each([
  [0, "726fdb47dd0e0e31"],
  [1, "74f839c593dc67fd"],
  [7, "ab0200f58b01d137"],
  [8, "93f5f5799a932462"],
  [15, "a129ca6149be45e5"],
  [63, "958a324ceb064572"],
])("the hash of %i bytes is the reference's", (size, expected) => {
  expect(hashOf(counting(size))).toBe(expected);
});

test("a key is 32 hexadecimal digits", () => {
  expect(sipKey("0".repeat(31))).toBeUndefined();
  expect(sipKey(`${"0".repeat(31)}g`)).toBeUndefined();
  expect(sipKey("01".repeat(16))).toEqual([0x01010101, 0x01010101, 0x01010101, 0x01010101]);
});
