import { expect, test } from "bun:test";
import { bytes, cores, duration, NONE, percent, plural, rate, timeOfDay } from "./format.ts";

const plain = (text: string) => text.replaceAll("\u202f", " ");

test.each([
  [0, "0/s"],
  [0.004, "0.00/s"],
  [0.25, "0.3/s"],
  [12.34, "12.3/s"],
  [432.1, "432/s"],
  [1234, "1.23k/s"],
  [99_999, "100.0k/s"],
  [2.5e6, "2.5M/s"],
])("rate %d is %s", (value, text) => expect(plain(rate(value))).toBe(text));

test.each([
  [0, "0 ms"],
  [0.04, "0.04 ms"],
  [0.5, "0.5 ms"],
  [9.96, "10 ms"],
  [48.2, "48 ms"],
  [1240, "1.24 s"],
  [12_400, "12.4 s"],
  [90_000, "1.5 min"],
  [7.2e6, "2.0 h"],
])("%d ms is %s", (ms, text) => expect(plain(duration(ms))).toBe(text));

test.each([
  [0, "0 %"],
  [0.0001, "< 0.1 %"],
  [0.012, "1.2 %"],
  [0.42, "42 %"],
  [0.9999, "> 99.9 %"],
  [1, "100 %"],
])("share %d is %s", (share, text) => expect(plain(percent(share))).toBe(text));

test("a share that is not nothing never reads as nothing, nor one that is not all as all", () => {
  for (let failures = 1; failures < 100_000; failures *= 7) {
    expect(plain(percent(failures / 1e6))).not.toBe("0 %");
    expect(plain(percent(1 - failures / 1e6))).not.toBe("100 %");
  }
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1500, "1.5 kB"],
  [48e6, "48 MB"],
])("%d bytes are %s", (value, text) => expect(plain(bytes(value))).toBe(text));

test("what is not known is a dash, never a zero", () => {
  for (const format of [rate, duration, percent, bytes, cores, timeOfDay]) expect(format(undefined)).toBe(NONE);
});

test("one is not many", () => {
  expect(plural(1, "service")).toBe("1 service");
  expect(plural(3, "service")).toBe("3 services");
});
