import { expect, test } from "bun:test";
import { bars } from "./phases.ts";

test("each bar begins where the one before it ended, and the last ends with the request", () => {
  const found = bars({
    head: 40,
    routed: 50,
    pooled: 70,
    connected: 120,
    sent: 130,
    firstByte: 900,
    lastIn: 950,
    end: 1000,
  });

  expect(found[0]!.from).toBe(0);
  for (const [index, bar] of found.slice(1).entries()) expect(bar.from).toBe(found[index]!.to);
  expect(found.at(-1)!.to).toBe(1000);
});

test("what was not reached, or took no time, has no bar", () => {
  expect(bars({ head: 40, routed: 40, end: 90 }).map(({ name }) => name)).toEqual([
    "Request head read",
    "Answer passed on",
  ]);
  expect(bars({})).toEqual([]);
});

test("a moment before the one that precedes it in the list does not run backwards", () => {
  for (const bar of bars({ head: 40, sent: 700, firstByte: 300, end: 900 })) expect(bar.to).toBeGreaterThan(bar.from);
});
