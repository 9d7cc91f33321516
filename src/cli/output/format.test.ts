import { expect, test } from "bun:test";
import { age, bytes, latency, percent, rate } from "./format.ts";

test.each([
  [undefined, "-"],
  [0, "0 µs"],
  [0.34, "340 µs"],
  [0.9994, "999 µs"],
  [0.9996, "1.0 ms"],
  [1.24, "1.2 ms"],
  [9.96, "10 ms"],
  [48.2, "48 ms"],
  [999.4, "999 ms"],
  [999.6, "1.0 s"],
  [2100, "2.1 s"],
  [99_400, "99 s"],
  [185_000, "3m 5s"],
])("a latency of %p ms reads %p", (ms, text) => {
  expect(latency(ms)).toBe(text);
});

test.each([
  [undefined, "-"],
  [-1, "0s"],
  [59.9, "59s"],
  [192, "3m 12s"],
  [7500, "2h 5m"],
  [273_600, "3d 4h"],
])("an age of %p s reads %p", (seconds, text) => {
  expect(age(seconds)).toBe(text);
});

test.each([
  [undefined, "-"],
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [1536, "1.5 KiB"],
  [50_331_648, "48 MiB"],
  [1024 ** 4 * 2, "2.0 TiB"],
])("%p bytes read %p", (count, text) => {
  expect(bytes(count)).toBe(text);
});

test("a share is rounded down: one failure in a million is not a hundred percent", () => {
  expect(percent(0.999999)).toBe("99.99%");
  expect(percent(1)).toBe("100.00%");
  expect(percent(0.29)).toBe("29.00%");
  expect(percent(undefined)).toBe("-");
});

test("a rate has a decimal only while it is small", () => {
  expect([0, 0.31, 12.44, 99.94, 99.96, 1234.5].map(rate)).toEqual(["0.0", "0.3", "12.4", "99.9", "100", "1235"]);
});
