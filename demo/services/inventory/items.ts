// The items of an order, as the inventory takes them: each product once, in one order, so that transactions do not cross.
import { checkId, Problem } from "../lib/http.ts";

export type Item = { readonly product: string; readonly quantity: number };

export function readItems(value: unknown): Item[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 100)
    throw new Problem(400, "items must be 1 to 100");
  const quantities = new Map<string, number>();
  for (const item of value as unknown[]) {
    const { product, quantity } = (item ?? {}) as { product?: unknown; quantity?: unknown };
    if (typeof quantity !== "number" || !Number.isInteger(quantity) || quantity < 1 || quantity > 1000) {
      throw new Problem(400, "a quantity must be a whole number from 1 to 1000");
    }
    const id = checkId(String(product));
    quantities.set(id, (quantities.get(id) ?? 0) + quantity);
  }
  return [...quantities]
    .map(([product, quantity]) => ({ product, quantity }))
    .sort((a, b) => (a.product < b.product ? -1 : 1));
}
