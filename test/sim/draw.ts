// Drawing from a seeded random, in the words of a scenario.
import { type Random, seededRandom } from "../../src/base/random.ts";

export type Draw = {
  readonly random: Random;
  chance(share: number): boolean;
  /** an integer in [0, n) */
  below(n: number): number;
  /** a float in [from, to) */
  between(from: number, to: number): number;
  /** spread over orders of magnitude: as likely between 1 and 10 as between 10 and 100; `from` > 0 */
  wide(from: number, to: number): number;
  pick<T>(list: readonly T[]): T;
  /** another stream, so that a draw more in one part does not change what another part draws */
  fork(name: string): Draw;
};

export function draws(seed: number): Draw {
  const random = seededRandom(seed);
  const between = (from: number, to: number) => from + random.unit() * (to - from);
  const below = (n: number) => Math.floor(random.unit() * n);
  return {
    random,
    chance: (share) => share > 0 && random.unit() < share,
    below,
    between,
    wide: (from, to) => Math.exp(between(Math.log(from), Math.log(to))),
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    fork: (name) => draws(mixed(seed, name)),
  };
}

/** FNV-1a over the name, begun with the seed. */
function mixed(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
}
