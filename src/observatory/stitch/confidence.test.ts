import { expect, test } from "bun:test";
import { confidenceOf } from "./confidence.ts";

test("the more speaks against a link, the less it is believed", () => {
  const against = [0, 1e-12, 1e-9, 1e-6, 1e-3, 0.1, 1, 10, 1e9];

  const confidences = against.map(confidenceOf);

  expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
  expect(confidences[0]).toBeGreaterThan(0.999);
  expect(confidences.at(-1)).toBeGreaterThan(0);
});
