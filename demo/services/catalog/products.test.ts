import { expect, test } from "bun:test";
import { join } from "node:path";
import { readProducts } from "./products.ts";

const products = readProducts(await Bun.file(join(import.meta.dir, "products.tsv")).text());

test("the shop sells at least sixty products in at least six categories, each id once", () => {
  expect(products.length).toBeGreaterThanOrEqual(60);
  expect(new Set(products.map(({ id }) => id)).size).toBe(products.length);
  expect(new Set(products.map(({ category }) => category)).size).toBeGreaterThanOrEqual(6);
});

test("each product has a picture of its own shape and colour", async () => {
  const { SHAPES } = (await import(join(import.meta.dir, "../web/pictures/shapes.mjs"))) as { SHAPES: object };

  for (const { id, shape, colour } of products) {
    expect([id, Object.hasOwn(SHAPES, shape), colour]).toEqual([id, true, expect.stringMatching(/^#[0-9a-f]{6}$/)]);
  }
});

test("a line that is not whole is named", () => {
  expect(() => readProducts("head\nkitchen\tmug\tMug")).toThrow("products.tsv:2");
});
