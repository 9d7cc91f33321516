// Middle and spread that a few wild samples cannot move (Rousseeuw & Croux, JASA 1993).

/** Of those that are numbers; NaN when there are none. */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  if (sorted.length === 0) return Number.NaN;
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  return below + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] as number) - below);
}

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/**
 * In units of a standard deviation: the median deviation, or the upper tail where that is wider. What is nearly always 0 has
 * no median deviation, and what is noisy above alone would look anomalous in every second window.
 */
export function spread(values: ArrayLike<number>): number {
  const middle = median(values);
  const deviations = Float64Array.from(values, (value) => Math.abs(value - middle));
  return Math.max(1.4826 * median(deviations), (quantile(values, 0.975) - middle) / 1.96);
}
