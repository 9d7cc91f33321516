import { expect, test } from "bun:test";
import { Problem } from "../lib/http.ts";
import { orderNumber, readPurchase } from "./request.ts";

const GOOD = {
  cart: "c0ffee",
  name: "Ada",
  email: "ada@example.com",
  address: "Main Street 1",
  country: "DE",
  shipping: "standard",
  card: "4242 4242-4242 4242",
};

test("spaces and hyphens in a card number do not matter", () => {
  expect(readPurchase(GOOD).card).toBe("4242424242424242");
});

test.each([
  ["name", "A"],
  ["name", "A\u0000da"],
  ["email", "ada@example"],
  ["email", "a b@example.com"],
  ["address", "  1  "],
  ["country", "Germany"],
  ["shipping", "../options"],
  ["card", "4242"],
  ["card", undefined],
  ["cart", "a/b"],
])("%s %p is refused, with a message for this field alone", (field, value) => {
  const refused = (() => {
    try {
      return readPurchase({ ...GOOD, [field]: value });
    } catch (error) {
      return error;
    }
  })();

  expect(refused).toBeInstanceOf(Problem);
  expect(refused).toMatchObject({ status: 422, more: { fields: { [field]: expect.any(String) } } });
  expect(Object.keys((refused as Problem).more.fields as object)).toEqual([field]);
});

test("an order's number follows from the cart and the key, and from nothing else", () => {
  expect(orderNumber("one", "key")).toBe(orderNumber("one", "key"));
  expect(new Set([orderNumber("one", "key"), orderNumber("two", "key"), orderNumber("one", "yek")]).size).toBe(3);
  expect(orderNumber("one", "key")).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});
