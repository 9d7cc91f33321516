// What an order is, and the mail that tells of it.
import { checkId, Problem, readText, readWhole } from "../lib/http.ts";

type Line = { readonly product: string; readonly name: string; readonly cents: number; readonly quantity: number };
export type Order = {
  readonly order: string;
  readonly visitor: string;
  readonly name: string;
  readonly email: string;
  readonly address: string;
  readonly country: string;
  readonly shipping: string;
  readonly shippingCents: number;
  readonly items: readonly Line[];
  readonly totalCents: number;
  readonly charge: string;
};

export function readOrder(body: Record<string, unknown>): Order {
  const [order, visitor] = [checkId(readText(body, "order")), checkId(readText(body, "visitor"))];
  const [name, email, address, country] = [
    readText(body, "name"),
    readText(body, "email"),
    readText(body, "address"),
    readText(body, "country"),
  ];
  const most = 100_000_000;
  return {
    ...{ order, visitor, name, email, address, country },
    shipping: readText(body, "shipping"),
    shippingCents: readWhole(body, "shippingCents", 0, most),
    items: readLines(body.items, most),
    totalCents: readWhole(body, "totalCents", 0, most),
    charge: readText(body, "charge"),
  };
}

function readLines(value: unknown, most: number): Line[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 100)
    throw new Problem(400, "items must be 1 to 100");
  return value.map((line: unknown) => {
    const one = (typeof line === "object" && line !== null ? line : {}) as Record<string, unknown>;
    return {
      product: checkId(readText(one, "product")),
      name: readText(one, "name"),
      cents: readWhole(one, "cents", 0, most),
      quantity: readWhole(one, "quantity", 1, 1000),
    };
  });
}

export type Mail = { readonly id: string; readonly to: string; readonly subject: string; readonly text: string };

export function mailOf({ order, name, email, items, totalCents, shipping }: Order): Mail {
  const lines = items.map((item) => `${item.quantity} × ${item.name}`).join("\n");
  return {
    id: order,
    to: email,
    subject: `Your order ${order.slice(0, 8).toUpperCase()}`,
    text: `Dear ${name},\n\nthank you for your order:\n\n${lines}\n\nTotal: ${euros(totalCents)}, by ${shipping}.\n`,
  };
}

const euros = (cents: number) => `€ ${(cents / 100).toFixed(2)}`;
