// What is known of the shop elsewhere: the addresses of products that crawlers have seen, and what these cost at first.

export type SearchIndex = {
  learn(links: readonly string[]): void;
  /** the product of that rank, 0 (the first) … below 1 (the last); undefined while nothing is known */
  product(rank: number): string | undefined;
  size(): number;
  /** what this product cost when anybody first saw it, in cents; the one who asks tells what it costs now */
  usualPrice(path: string, cents: number): number;
};

const MOST = 1_000;

export function searchIndex(): SearchIndex {
  const known = new Set<string>();
  const prices = new Map<string, number>();
  let list: string[] = [];
  return {
    learn: (links) => {
      for (const path of links) if (path.startsWith("/product/") && known.size < MOST) known.add(path);
      if (known.size !== list.length) list = [...known];
    },
    product: (rank) => list[Math.floor(rank * list.length)],
    size: () => list.length,
    usualPrice: (path, cents) => {
      const usual = prices.get(path);
      if (usual === undefined && prices.size < MOST) prices.set(path, cents);
      return usual ?? cents;
    },
  };
}
