// How long pages took, in constant memory: counts per bucket, each 2 % wider than the one before.

export type Histogram = {
  add(ms: number): void;
  count(): number;
  /** ms, right to 1 %; 0 without any. `share` is 0.99 for p99. */
  quantile(share: number): number;
};

const GROWTH = Math.log(1.02);
const LEAST_MS = 0.1;
const BUCKETS = 1 + Math.ceil(Math.log(600_000 / LEAST_MS) / GROWTH);

export function histogram(): Histogram {
  const counts = new Float64Array(BUCKETS);
  let total = 0;
  return {
    add: (ms) => {
      const bucket = Math.ceil(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / GROWTH);
      counts[Math.min(bucket, BUCKETS - 1)]! += 1;
      total += 1;
    },
    count: () => total,
    quantile: (share) => {
      let left = Math.ceil(total * share);
      if (left === 0) return 0;
      const bucket = counts.findIndex((count) => {
        left -= count;
        return left <= 0;
      });
      return Number((LEAST_MS * Math.exp(GROWTH * (bucket - 0.5))).toFixed(1));
    },
  };
}
