// Seeded randomness, so that the same seed makes the same shoppers.
export type Random = () => number;

/** Floats in [0, 1). mulberry32; `stream` keeps apart what must not disturb each other. */
export function seeded(seed: number, stream = 0): Random {
  let state = mix(seed ^ mix(stream + 1));
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    return mix(state) / 0x1_0000_0000;
  };
}

function mix(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return (t ^ (t >>> 14)) >>> 0;
}

export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

/** Log-normal, as the pauses of people are; `spread` is the deviation of the logarithm. */
export function logNormal(random: Random, mean: number, spread = 0.8): number {
  // Box and Muller, 1958
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return mean * Math.exp(spread * normal - (spread * spread) / 2);
}

export function chance(random: Random, share: number): boolean {
  return random() < share;
}

/** A whole number from `low` to `high`, both included. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

export function pick<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}

/** One of `from`, as often as its `share` of the sum of shares says. */
export function pickByShare<T extends { readonly share: number }>(random: Random, from: readonly [T, ...T[]]): T {
  let left = random() * from.reduce((sum, { share }) => sum + share, 0);
  for (const one of from) {
    left -= one.share;
    if (left < 0) return one;
  }
  return from[0];
}

/** Which of a list, 0 (the first) … below 1 (the last): what stands first is taken more. */
export function rank(random: Random): number {
  return random() ** 1.5;
}
