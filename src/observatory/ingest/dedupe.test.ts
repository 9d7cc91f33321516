import { expect, test } from "bun:test";
import { dedupe } from "./dedupe.ts";

test("the same batch of the same agent comes once", () => {
  const { isNew } = dedupe();

  expect(isNew({ agent: "a", sequence: 1, hash: "x" })).toBe(true);
  expect(isNew({ agent: "a", sequence: 1, hash: "x" })).toBe(false);
  expect(isNew({ agent: "b", sequence: 1, hash: "x" })).toBe(true);
});

test("an agent that counts from the beginning again is not mistaken for a repetition", () => {
  const { isNew } = dedupe();
  isNew({ agent: "a", sequence: 0, hash: "before" });

  expect(isNew({ agent: "a", sequence: 0, hash: "after" })).toBe(true);
});

test("memory has an end, for batches and for agents", () => {
  const { isNew } = dedupe();
  for (let sequence = 0; sequence < 300; sequence++) isNew({ agent: "a", sequence, hash: "x" });

  expect(isNew({ agent: "a", sequence: 299, hash: "x" })).toBe(false);
  expect(isNew({ agent: "a", sequence: 0, hash: "x" })).toBe(true);
});
