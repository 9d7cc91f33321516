// What is drawn is drawn by what was learned from the same exchanges, so it is surer of itself than it is right: how sure it
// may be was measured on made traffic with 4, 8 and 16 requests in flight, of all shapes of the bench.

/** share of the draws, and how many such links were right */
const CURVE: readonly (readonly [drawn: number, right: number])[] = [
  [0, 0.14],
  [0.25, 0.23],
  [0.35, 0.27],
  [0.46, 0.4],
  [0.54, 0.5],
  [0.85, 0.53],
  [0.93, 0.59],
  [0.968, 0.71],
  [0.986, 0.77],
  [0.993, 0.83],
  [0.997, 0.89],
  [0.9985, 0.93],
  [1, 1],
];
/** that one of the requests which were there is it after all, though it was never drawn */
const DOUBT = 0.0016;

/** Probability that a link is right.
 *  @param share of it among what was drawn, 0 to 1 @param candidates requests that might have made the call */
export function confidenceOf(share: number, candidates: number): number {
  const above = Math.max(
    1,
    CURVE.findIndex(([drawn]) => drawn >= share),
  );
  const [[from, least], [to, most]] = CURVE.slice(above - 1, above + 1) as [[number, number], [number, number]];
  const right = least + ((share - from) / (to - from)) * (most - least);
  return Math.min(right, 1 - DOUBT * (1 + candidates));
}
