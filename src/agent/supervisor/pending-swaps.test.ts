import { expect, test } from "bun:test";
import { pendingSwaps } from "./pending-swaps.ts";

test("what was sent until the question counts, not what follows", () => {
  const swaps = pendingSwaps();
  for (const index of [0, 1, 1]) swaps.sent(index);
  const areThere = swaps.allUntilNow();
  expect(areThere()).toBe(false);

  swaps.applied(0);
  swaps.applied(1);
  swaps.sent(0);
  expect(areThere()).toBe(false);
  swaps.applied(1);
  expect(areThere()).toBe(true);
  expect(swaps.allUntilNow()()).toBe(false);
});

test("a worker that died has nothing to apply, also when it came back", () => {
  const swaps = pendingSwaps();
  swaps.sent(0);
  const areThere = swaps.allUntilNow();

  swaps.lost(0);
  swaps.sent(0);

  expect(areThere()).toBe(true);
});
