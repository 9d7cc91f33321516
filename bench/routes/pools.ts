// Where the parts in braces of a style's paths are drawn from. The pools of names are words, so that no look tells them from
// the API's own.
import type { Random } from "../../src/base/random.ts";

/** One value for a part in braces. Popular ones come more often, as in traffic. */
export type Pool = (random: Random) => string;

export const HEX = "0123456789abcdef";
export const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
export const drawn =
  (alphabet: string, length: number): Pool =>
  (random) =>
    Array.from({ length }, () => alphabet[random.u32() % alphabet.length]).join("");
export const number =
  (most: number): Pool =>
  (random) =>
    String(1 + (random.u32() % most));
export const uuid: Pool = (random) => [8, 4, 4, 4, 12].map((length) => drawn(HEX, length)(random)).join("-");
export const prefixed =
  (prefix: string, length = 24): Pool =>
  (random) =>
    `${prefix}_${drawn(BASE62, length)(random)}`;
/** Zipf-like: the square of a uniform number makes the first ones popular */
export const oneOf =
  (all: readonly string[]): Pool =>
  (random) =>
    all[Math.floor(random.unit() ** 2 * all.length)] as string;

const SYLLABLES = "ba ka mo ri ten lo su vi pel dor an gu mi sto ra ne fo zu".split(" ");
/** words that nobody knows, in one, two or more parts */
export const coined = (count: number, parts: readonly number[], separator = "-"): readonly string[] =>
  Array.from({ length: count }, (_, index) => {
    const part = (seed: number) =>
      [1, 18, 324]
        .slice(0, 2 + (seed % 2))
        .map((by) => SYLLABLES[Math.floor(seed / by) % 18])
        .join("");
    const wanted = parts[index % parts.length] as number;
    return Array.from({ length: wanted }, (_, at) => part(index * 131 + at * 7717 + 29)).join(separator);
  });
export const workload = oneOf(coined(200, [1, 2, 2]));
export const date: Pool = (random) =>
  `20${20 + (random.u32() % 6)}-${String(1 + (random.u32() % 12)).padStart(2, "0")}-${String(1 + (random.u32() % 28)).padStart(2, "0")}`;
export const two =
  (most: number): Pool =>
  (random) =>
    String(1 + (random.u32() % most)).padStart(2, "0");
