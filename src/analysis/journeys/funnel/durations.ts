// How long something took, for many: exact quantiles without sorting, and a histogram on bounds that people know.

export type Durations = {
  /** all in s; null when there are none */
  readonly count: number;
  readonly median: number | null;
  readonly quartiles: readonly [number, number] | null;
  readonly p90: number | null;
  /** how many took up to `upTo` seconds and longer than the one before; null: longer than all */
  readonly distribution: readonly { readonly upTo: number | null; readonly count: number }[];
};

/** s */
const BOUNDS = [1, 5, 15, 60, 300, 900, 3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400];

export type Stopwatch = { add(ms: number): void; durations(): Durations };

export function stopwatch(): Stopwatch {
  let values = new Float64Array(256);
  let size = 0;
  return {
    add(ms) {
      if (size === values.length) {
        const more = new Float64Array(size * 2);
        more.set(values);
        values = more;
      }
      values[size++] = ms / 1000;
    },
    durations() {
      const all = values.subarray(0, size);
      const counts = new Uint32Array(BOUNDS.length + 1);
      for (let index = 0; index < size; index++) {
        const value = all[index] as number;
        let at = 0;
        while (at < BOUNDS.length && value > (BOUNDS[at] as number)) at++;
        counts[at] = (counts[at] as number) + 1;
      }
      const distribution = [...counts].map((count, at) => ({ upTo: BOUNDS[at] ?? null, count }));
      if (size === 0) return { count: 0, median: null, quartiles: null, p90: null, distribution };
      const [low, median, high, p90] = [0.25, 0.5, 0.75, 0.9].map((share) => rounded(quantile(all, share)));
      return { count: size, median: median!, quartiles: [low!, high!], p90: p90!, distribution };
    },
  };
}

/** Between the two nearest ranks, as spreadsheets have it. Reorders the values. */
export function quantile(values: Float64Array, share: number): number {
  const rank = share * (values.length - 1);
  const below = Math.floor(rank);
  const low = select(values, below);
  if (below === rank) return low;
  let high = Number.POSITIVE_INFINITY;
  for (let at = below + 1; at < values.length; at++) high = Math.min(high, values[at] as number);
  return low + (high - low) * (rank - below);
}

/** Hoare's selection; afterwards what is smaller stands before `rank` and what is larger after it. */
function select(values: Float64Array, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >>> 1] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] as number) < pivot) left++;
      while ((values[right] as number) > pivot) right--;
      if (left > right) break;
      const swapped = values[left] as number;
      values[left++] = values[right] as number;
      values[right--] = swapped;
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else break;
  }
  return values[rank] as number;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
