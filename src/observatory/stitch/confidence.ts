// From the odds of the alternatives that were tried to the probability that a link is right. Those that were not tried, and
// what the model does not know, make the truth less sure than the odds say; by how much was measured (bench/stitch, on
// other seeds than it reports).

/** ln of the odds for a link → ln of the odds that it is right */
const MEASURED = [
  [-1, -1.1],
  [1, -0.45],
  [3, 0.7],
  [5, 2.1],
  [10, 3.35],
  [20, 4.8],
  [25, 7.2],
] as const;

/** @param against odds of all that a call could be instead, against what it is */
export function confidenceOf(against: number): number {
  const said = -Math.log(Math.max(against, 1e-15));
  let i = 1;
  while (i < MEASURED.length - 1 && said > (MEASURED[i] as readonly [number, number])[0]) i++;
  const [x0, y0] = MEASURED[i - 1] as readonly [number, number];
  const [x1, y1] = MEASURED[i] as readonly [number, number];
  const odds = Math.max(-3, Math.min(8, y0 + ((said - x0) * (y1 - y0)) / (x1 - x0)));
  return 1 / (1 + Math.exp(-odds));
}

/** What is told: the more could have made a call, the more is behind what was tried. (Learning goes by what was tried alone: a
 *  call among many would hardly count, and neither would the paths of a request that take long.)
 *  @param near requests that could have made it */
export function toldConfidence(confidence: number, near: number): number {
  const odds = Math.log(confidence / (1 - confidence));
  const clear = CLEAR * Math.max(0, Math.min(1, odds - CLEAR_FROM));
  const crowd = ALONE - CROWD * Math.log(Math.max(1, near));
  return 1 / (1 + Math.exp(-Math.max(-3, Math.min(8, odds + clear + crowd))));
}

// Measured as the curve is: ln of the odds, with no other near and for each e-fold of them; and what is clear is clearer.
const ALONE = 1.5;
const CROWD = 0.65;
const CLEAR = 2;
const CLEAR_FROM = 3;
