// What search engines know of the shop: the addresses of products that crawlers have seen.

export type SearchIndex = {
  learn(links: readonly string[]): void;
  /** the product of that rank, 0 (the first) … below 1 (the last); undefined while nothing is known */
  product(rank: number): string | undefined;
  size(): number;
};

const MOST = 1_000;

export function searchIndex(): SearchIndex {
  const known = new Set<string>();
  let list: string[] = [];
  return {
    learn: (links) => {
      for (const path of links) if (path.startsWith("/product/") && known.size < MOST) known.add(path);
      if (known.size !== list.length) list = [...known];
    },
    product: (rank) => list[Math.floor(rank * list.length)],
    size: () => list.length,
  };
}
