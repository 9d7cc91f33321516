import { expect, test } from "bun:test";
import { confidenceOf } from "./confidence.ts";

test("what is drawn more often is surer, and nothing is certain or excluded", () => {
  const shares = Array.from({ length: 1001 }, (_, i) => i / 1000);

  for (const candidates of [0, 1, 8, 31]) {
    const sure = shares.map((share) => confidenceOf(share, candidates));
    expect(sure).toEqual(sure.toSorted((a, b) => a - b));
    expect(sure[0]).toBeGreaterThan(0);
    expect(sure.at(-1)).toBeLessThan(1);
  }
});

test("where more requests were there, a link is less sure", () => {
  expect(confidenceOf(1, 1)).toBeGreaterThan(confidenceOf(1, 16));
});
