// Least squares with each coefficient between bounds and drawn towards a prior: a normal prior's most probable values.
import type { Series } from "./facts.ts";

export type Term = {
  readonly values: Series;
  readonly prior: number;
  /** standard deviation of the prior; Infinity: none */
  readonly doubt: number;
  readonly most: number;
};

const SWEEPS = 60;

/**
 * Coordinate descent, which converges here because the sum is convex and the bounds are separate.
 * @param noise variance of what the terms do not explain
 * @returns a coefficient for each term, 0 to its `most`
 */
export function fit(target: Series, terms: readonly Term[], noise: number, count: number): number[] {
  const coefficients = terms.map(({ prior, most }) => Math.min(most, Math.max(0, prior)));
  const rest = target.slice(0, count);
  for (const [index, { values }] of terms.entries()) add(rest, values, -(coefficients[index] as number));
  const squares = terms.map(({ values }) => dot(values, values, count));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = 0;
    for (const [index, { values, prior, doubt, most }] of terms.entries()) {
      const square = squares[index] as number;
      if (square === 0) continue;
      const old = coefficients[index] as number;
      const pull = noise / doubt ** 2;
      const best = (dot(values, rest, count) + old * square + pull * prior) / (square + pull);
      const next = Math.min(most, Math.max(0, best));
      if (next === old) continue;
      add(rest, values, old - next);
      coefficients[index] = next;
      moved = Math.max(moved, Math.abs(next - old));
    }
    if (moved < 1e-5) break;
  }
  return coefficients;
}

function dot(a: Series, b: Series, count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}

function add(to: Series, values: Series, times: number): void {
  for (let at = 0; at < to.length; at++) to[at] = (to[at] as number) + times * (values[at] as number);
}
