// Reads products.tsv: a line per product, because people edit it.
export type Product = {
  readonly id: string;
  readonly position: number;
  readonly category: string;
  readonly name: string;
  readonly text: string;
  readonly cents: number;
  readonly grams: number;
  /** what its picture shows, see the storefront's pictures */
  readonly shape: string;
  readonly colour: string;
  readonly featured: number;
};

/** Throws when a line is not whole: the catalog rather does not start than sells nonsense. */
export function readProducts(text: string): Product[] {
  const [, ...lines] = text.trim().split("\n");
  return lines.map((line, position) => {
    const [category, id, name, cents, grams, shape, colour, featured, words] = line.split("\t");
    if (!category || !id || !name || !shape || !colour || !words)
      throw new Error(`products.tsv:${position + 2} is not whole`);
    const numbers = { cents: Number(cents), grams: Number(grams), featured: Number(featured) };
    if (!Object.values(numbers).every((value) => Number.isInteger(value) && value >= 0)) {
      throw new Error(`products.tsv:${position + 2} has a number that is none`);
    }
    return { id, position, category, name, text: words, shape, colour, ...numbers };
  });
}
