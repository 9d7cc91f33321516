// How likely it is to see so many rare events by chance.

/** P(X ≥ count) for a Poisson variable of that mean. It bounds the binomial tail of the same mean from above wherever
 *  count > mean + 1 (Anderson & Samuels, 1967), which is where it is used. */
export function poissonTail(count: number, mean: number): number {
  if (count <= 0) return 1;
  if (mean <= 0) return 0;
  if (count <= mean) return 1;
  const first = Math.ceil(count);
  let term = Math.exp(first * Math.log(mean) - mean - logFactorial(first));
  let sum = 0;
  // each term is less than the one before by the factor mean / k < 1
  for (let k = first; term > sum * 1e-12; k++) {
    sum += term;
    term *= mean / (k + 1);
  }
  return Math.min(1, sum);
}

/** By Stirling's series, to 1e-9 from 10 on. */
function logFactorial(n: number): number {
  if (n < 10) {
    let product = 1;
    for (let k = 2; k <= n; k++) product *= k;
    return Math.log(product);
  }
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3);
}
