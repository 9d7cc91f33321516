import { expect, test } from "bun:test";
import { durationMs, sinceParameter, statusFilter, timeIso, wholeNumber } from "./values.ts";

test.each([
  ["60s", 60_000],
  ["15m", 900_000],
  ["1h30m", 5_400_000],
  ["2d", 172_800_000],
  ["250ms", 250],
  ["1.5s", 1500],
])("%s is %p ms", (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test.each(["", "60", "s", "1x", "-5s", "5 m", "0s", "1e3s", "5s\n"])(
  "%p is no duration, and the message shows some",
  (text) => {
    expect(() => durationMs(text)).toThrow(/60s|longer than nothing/);
  },
);

test("numbers and statuses are checked before anybody is asked", () => {
  expect(wholeNumber("100")).toBe(100);
  expect(() => wholeNumber("-1")).toThrow();
  expect(() => wholeNumber("1.5")).toThrow();
  expect(statusFilter("5XX")).toBe("5xx");
  expect(() => statusFilter("600")).toThrow();
});

test("what is shorter than a second is asked as one", () => {
  expect([sinceParameter(60_000), sinceParameter(250)]).toEqual(["60s", "1s"]);
});

test("a time is told to the observatory in UTC, whatever zone it was written in", () => {
  expect(timeIso("2030-01-31T12:00:00+02:00")).toBe("2030-01-31T10:00:00.000Z");
  for (const text of ["yesterday", "12:00", "2030-13-01T00:00:00Z", "2030"]) expect(() => timeIso(text)).toThrow();
});
