// Random times in µs. None of them is a histogram or a power of two, which the stitcher believes in.
import type { Random } from "../../src/base/random.ts";

/** @param meanUs of what is drawn */
export type Draw = (random: Random, meanUs: number) => number;

/** Erlang with four stages: deviation is half the mean */
export const light: Draw = (random, meanUs) => {
  let product = 1;
  for (let stage = 0; stage < 4; stage++) product *= 1 - random.unit();
  return (-Math.log(product) * meanUs) / 4;
};

/** log-normal, and one in twenty from a Pareto tail: deviation is well above the mean */
export const heavy: Draw = (random, meanUs) => {
  if (random.unit() < 0.05) return Math.min(meanUs * 100, (meanUs * 1.2) / (1 - random.unit()) ** (1 / 1.8));
  const normal = Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
  return meanUs * 0.91 * Math.exp(0.8 * normal - 0.32);
};

export const exponential: Draw = (random, meanUs) => -Math.log(1 - random.unit()) * meanUs;
