// What a cart is and how it changes: values only.
export type Item = {
  readonly product: string;
  readonly name: string;
  readonly priceCents: number;
  readonly quantity: number;
};
export type Cart = { readonly items: readonly Item[]; readonly totalCents: number };

export const EMPTY: Cart = { items: [], totalCents: 0 };
export const MAX_QUANTITY = 99;

/** Puts `quantity` more of a product in; its price is the one of now, for all of them. */
export function withItem(cart: Cart, added: Item): Cart {
  const there = cart.items.find((item) => item.product === added.product);
  const quantity = Math.min((there?.quantity ?? 0) + added.quantity, MAX_QUANTITY);
  const item = { ...added, quantity };
  const items = there ? cart.items.map((one) => (one === there ? item : one)) : [...cart.items, item];
  return { items, totalCents: items.reduce((sum, one) => sum + one.priceCents * one.quantity, 0) };
}
