// What a cart is: quantities that are kept, and products at the prices of now.
export type Product = {
  readonly id: string;
  readonly name: string;
  readonly cents: number;
  readonly grams: number;
};
export type Item = {
  readonly product: string;
  readonly name: string;
  readonly cents: number;
  readonly quantity: number;
};
export type Cart = {
  readonly items: readonly Item[];
  readonly count: number;
  readonly totalCents: number;
  readonly grams: number;
};

export const MAX_QUANTITY = 99;

/** A product that is no longer sold is left out. */
export function priced(quantities: Readonly<Record<string, number>>, products: readonly Product[]): Cart {
  const known = new Map(products.map((product) => [product.id, product]));
  const items: Item[] = [];
  let grams = 0;
  for (const [id, quantity] of Object.entries(quantities)) {
    const product = known.get(id);
    if (!product) continue;
    items.push({ product: id, name: product.name, cents: product.cents, quantity });
    grams += product.grams * quantity;
  }
  items.sort((a, b) => a.name.localeCompare(b.name));
  return {
    items,
    count: items.reduce((sum, { quantity }) => sum + quantity, 0),
    totalCents: items.reduce((sum, { cents, quantity }) => sum + cents * quantity, 0),
    grams,
  };
}
