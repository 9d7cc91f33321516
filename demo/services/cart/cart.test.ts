import { expect, test } from "bun:test";
import { priced } from "./cart.ts";

const mug = { id: "mug", name: "Mug", cents: 1450, grams: 380 };
const pen = { id: "pen", name: "Pen", cents: 4800, grams: 40 };

test("a cart has the prices of now, a total and a weight", () => {
  const cart = priced({ pen: 2, mug: 1 }, [mug, pen]);

  expect(cart.items.map(({ product, quantity }) => [product, quantity])).toEqual([
    ["mug", 1],
    ["pen", 2],
  ]);
  expect(cart).toMatchObject({ count: 3, totalCents: 1450 + 2 * 4800, grams: 380 + 2 * 40 });
});

test("what is no longer sold is not in the cart", () => {
  expect(priced({ mug: 1, gone: 3 }, [mug])).toMatchObject({ count: 1, totalCents: 1450 });
});
