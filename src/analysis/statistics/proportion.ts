// Shares of counts, and how sure one can be of them.

/** of the normal distribution, two-sided 95 % */
export const Z95 = 1.959964;
/** Below it nothing is called significant. */
export const FEW = 30;

/** Wilson's score interval, 95 % (Wilson, JASA 1927): true at shares near 0 and 1 and for few trials. */
export function wilson(hits: number, trials: number): [number, number] {
  if (trials === 0) return [0, 1];
  const share = hits / trials;
  const square = Z95 ** 2 / trials;
  const spread = Z95 * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials));
  return [
    hits === 0 ? 0 : Math.max(0, (share + square / 2 - spread) / (1 + square)),
    hits === trials ? 1 : Math.min(1, (share + square / 2 + spread) / (1 + square)),
  ];
}

/** Whether two shares differ: the two-sided p of the pooled z test, 1 when there is nothing to compare. */
export function differenceP(hitsA: number, trialsA: number, hitsB: number, trialsB: number): number {
  if (trialsA === 0 || trialsB === 0) return 1;
  const pooled = (hitsA + hitsB) / (trialsA + trialsB);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / trialsA + 1 / trialsB));
  return error === 0 ? 1 : twoSidedP((hitsA / trialsA - hitsB / trialsB) / error);
}

/** Two-sided p of a standard normal score, by Abramowitz & Stegun 7.1.26, to 1.5e-7. */
export function twoSidedP(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.min(1, series * Math.exp(-x * x));
}

/** Benjamini & Hochberg's adjusted p: those below q are false in a share of q at most, on average. */
export function adjusted(ps: readonly number[]): number[] {
  const order = [...ps.keys()].sort((a, b) => (ps[b] as number) - (ps[a] as number));
  const result = new Array<number>(ps.length);
  let least = 1;
  for (const [at, index] of order.entries()) {
    least = Math.min(least, ((ps[index] as number) * ps.length) / (ps.length - at));
    result[index] = least;
  }
  return result;
}
