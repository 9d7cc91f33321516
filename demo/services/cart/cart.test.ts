import { expect, test } from "bun:test";
import { EMPTY, type Item, withItem } from "./cart.ts";

const mug: Item = { product: "mug", name: "Mug", priceCents: 1450, quantity: 1 };
const pen: Item = { product: "pen", name: "Pen", priceCents: 4800, quantity: 2 };

test("a product that is there already gets a larger quantity, not a second line", () => {
  const cart = withItem(withItem(withItem(EMPTY, mug), pen), mug);

  expect(cart.items.map((item) => [item.product, item.quantity])).toEqual([
    ["mug", 2],
    ["pen", 2],
  ]);
  expect(cart.totalCents).toBe(2 * 1450 + 2 * 4800);
});

test("the price is the one of the last time it was added", () => {
  expect(withItem(withItem(EMPTY, mug), { ...mug, priceCents: 1000 }).totalCents).toBe(2000);
});

test("nobody has more than 99 of a thing", () => {
  expect(withItem(withItem(EMPTY, { ...mug, quantity: 99 }), mug).items[0]?.quantity).toBe(99);
});
