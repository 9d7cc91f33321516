import { expect, test } from "bun:test";
import { isNamed, nameLike, namerOf } from "./names.ts";

test("a service is called by its name, or in full", () => {
  expect(isNamed("cart", "cart", "shop")).toBe(true);
  expect(isNamed("shop/cart", "cart", "shop")).toBe(true);
  expect(isNamed("billing/cart", "cart", "shop")).toBe(false);
});

test("who is spoken of in full has neighbours in full, but the outside", () => {
  expect(nameLike("shop/web", "cart", "shop")).toBe("shop/cart");
  expect(nameLike("web", "cart", "shop")).toBe("cart");
  expect(nameLike("shop/web", "outside", "")).toBe("outside");
});

test("names are said in full where there are several namespaces", () => {
  const [shop, billing, outside] = ["shop", "billing", ""].map((namespace) => ({ namespace }));

  expect(namerOf([shop!, outside!])("cart", "shop")).toBe("cart");
  expect(namerOf([shop!, billing!])("cart", "shop")).toBe("shop/cart");
});
