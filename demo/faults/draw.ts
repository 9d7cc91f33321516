// Drawing from a seed.
import type { Random } from "../../src/base/random.ts";
import type { Scene } from "./fault.ts";
import type { Workload } from "./shop.ts";

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random.unit() * items.length)];
  if (item === undefined) throw new Error("there is nothing to draw from");
  return item;
}

export function between(random: Random, least: number, most: number): number {
  return least + random.unit() * (most - least);
}

export function whole(random: Random, least: number, most: number): number {
  return least + Math.floor(random.unit() * (most - least + 1));
}

/** A workload of one of these services. */
export function workloadOf(random: Random, { workloads }: Scene, services: readonly string[]): Workload {
  const service = pick(random, services);
  return pick(
    random,
    workloads.filter((one) => one.service === service),
  );
}
