import { expect, test } from "bun:test";
import { readItems } from "./items.ts";

test("a product that is named twice is one item, and items come in one order", () => {
  const items = readItems([
    { product: "pen", quantity: 1 },
    { product: "mug", quantity: 2 },
    { product: "pen", quantity: 3 },
  ]);

  expect(items).toEqual([
    { product: "mug", quantity: 2 },
    { product: "pen", quantity: 4 },
  ]);
});

test.each([[[]], ["mug"], [[null]], [[{ product: "mug", quantity: 0 }]], [[{ product: "../mug", quantity: 1 }]]])(
  "%j is refused",
  (items) => {
    expect(() => readItems(items)).toThrow();
  },
);
