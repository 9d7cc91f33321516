import { expect, test } from "bun:test";
import { whyTarget } from "./why-target.ts";

test("a service, the calls of one service to another, a route, and all of these together", () => {
  expect(whyTarget([])).toEqual({});
  expect(whyTarget(["shop/cart"])).toEqual({ service: "shop/cart" });
  expect(whyTarget(["web", "cart"])).toEqual({ source: "web", service: "cart" });
  expect(whyTarget(["GET /cart/{id}"])).toEqual({ route: "GET /cart/{id}" });
  expect(whyTarget(["redis", "HINCRBY"])).toEqual({ service: "redis", route: "HINCRBY" });
  expect(whyTarget(["web", "cart", "/cart/{id}"])).toEqual({ source: "web", service: "cart", route: "/cart/{id}" });
});

test("more than that, or in another order, is nothing to ask about", () => {
  expect(whyTarget(["outside", "web", "cart"])).toBeUndefined();
  expect(whyTarget(["GET /cart", "cart"])).toBeUndefined();
  expect(whyTarget(["cart", "GET /a", "GET /b"])).toBeUndefined();
});
