import { expect, test } from "bun:test";
import { sipKey } from "../../../base/siphash.ts";
import { maskedPath } from "./masked-path.ts";

const KEY = sipKey("0f".repeat(16));

test.each([
  ["a session's id", "/carts/0b6f4a1c9e7d52f83a60d4e1b7c95f28/items"],
  ["a UUID", "/reset/3f2504e0-4f89-41d3-9a0c-0305e82c3301"],
  ["a token", "/invite/q8Zt3LmN0pRs7VxY2bDfHj"],
  ["a web token", "/login/eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl"],
  ["an e-mail address", "/users/ann%40example.com"],
  ["an address with a sign", "/users/ann@example.com/orders"],
  ["a card's number", "/cards/4111111111111111"],
])("%s in a path is not recorded", (_, path) => {
  const masked = maskedPath(path, KEY);

  expect(masked).toMatch(/^\/[a-z]+\/\*[0-9a-f]{8}/);
  expect(masked).toBe(maskedPath(path, KEY));
  expect(masked).not.toBe(maskedPath(path, sipKey("1f".repeat(16))));
  expect(maskedPath(path, undefined)).toMatch(/^\/[a-z]+\/\*\*\*/);
});

test.each([
  "/product/17",
  "/products/women-s-summer-dress-2024-blue",
  "/assets/app.0b6f4a1c9e7d52f8.css",
  "/orders/20300131-0001",
  "/search/r%C3%A4der",
  "/",
  "",
])("%s stays as it is", (path) => {
  expect(maskedPath(path, KEY)).toBe(path);
});

test("parameters of a segment are left out", () => {
  expect(maskedPath("/shop;jsessionid=1/cart", KEY)).toBe("/shop;***/cart");
});
