// What a buyer sends: read once, with a message per field that is not right.
import { createHash } from "node:crypto";
import { Problem } from "../lib/http.ts";

export type Purchase = {
  readonly cart: string;
  readonly name: string;
  readonly email: string;
  readonly address: string;
  readonly country: string;
  readonly shipping: string;
  readonly card: string;
  /** "" without one */
  readonly coupon: string;
};

const RULES = {
  cart: [/^[A-Za-z0-9-]{1,64}$/, "This cart is not known."],
  name: [/^[^\p{Cc}]{2,100}$/u, "Please tell us your name."],
  email: [/^[^\s@]{1,64}@[^\s@]+\.[^\s@]{2,}$/, "Please give an e-mail address such as ada@example.com."],
  address: [/^[^\p{Cc}]{5,200}$/u, "Please tell us street, number, postcode and town."],
  country: [/^[A-Z]{2}$/, "Please choose a country."],
  shipping: [/^[a-z-]{1,32}$/, "Please choose a delivery."],
  card: [/^\d{12,19}$/, "A card number has 12 to 19 digits."],
  coupon: [/^[A-Za-z0-9-]{0,20}$/, "A coupon has letters and digits."],
} as const satisfies Record<keyof Purchase, readonly [RegExp, string]>;

/** Throws a Problem 422 whose `fields` says what is wrong with which. */
export function readPurchase(body: Record<string, unknown>): Purchase {
  const purchase: Record<string, string> = {};
  const fields: Record<string, string> = {};
  for (const [name, [rule, message]] of Object.entries(RULES)) {
    const value = typeof body[name] === "string" ? (body[name] as string).trim() : "";
    purchase[name] = name === "card" ? value.replace(/[ -]/g, "") : value;
    if (!rule.test(purchase[name]) || purchase[name].length > 254) fields[name] = message;
  }
  if (Object.keys(fields).length > 0) throw new Problem(422, "some fields are not right", { fields });
  return purchase as Purchase;
}

/**
 * The order's number comes from the idempotency key alone, so that a purchase that is sent twice is one for all who take
 * part. From the cart too, so that nobody can guess the order of somebody else.
 */
export function orderNumber(cart: string, key: string): string {
  const hash = createHash("sha256").update(`${cart}\n${key}`).digest("hex");
  return [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)].join("-");
}
