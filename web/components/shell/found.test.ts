import { expect, test } from "bun:test";
import { found } from "./found.ts";

const ROWS = ["cart", "catalog", "checkout", "smart-cart", "web"].map((service) => ({ service, namespace: "shop" }));
const names = (text: string) => found(ROWS, text).map(({ service }) => service);

test("what begins so comes before what contains it, and that before what has its letters", () => {
  expect(names("cart")).toEqual(["cart", "smart-cart"]);
  expect(names("ct")).toEqual(["cart", "catalog", "checkout", "smart-cart"]);
});

test("nothing typed is everything; what is not there is not found", () => {
  expect(names("")).toHaveLength(5);
  expect(names("zzz")).toEqual([]);
});

test("a namespace can be typed too", () => {
  expect(names("shop/we")).toEqual(["web"]);
});
