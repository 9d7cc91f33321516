import { expect, test } from "bun:test";
import { confidenceOf, toldConfidence } from "./confidence.ts";

test("the more speaks against a link, the less it is believed", () => {
  const against = [0, 1e-12, 1e-9, 1e-6, 1e-3, 0.1, 1, 10, 1e9];

  const confidences = against.map(confidenceOf);

  expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
  expect(confidences[0]).toBeGreaterThan(0.999);
  expect(confidences.at(-1)).toBeGreaterThan(0);
});

test("the same odds are believed less among many, and clear ones are believed anywhere", () => {
  expect(toldConfidence(0.8, 2)).toBeGreaterThan(toldConfidence(0.8, 20));
  expect(toldConfidence(0.99, 30)).toBeGreaterThan(0.97);
});
