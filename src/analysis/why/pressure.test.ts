import { expect, test } from "bun:test";
import type { ResourceSample } from "../../model/resources.ts";
import type { UsedBy } from "../ledger/ledger.ts";
import { pressureOf } from "./pressure.ts";

/** looks a second apart */
function used(workload: string, rise: ResourceSample, seconds = 10): UsedBy {
  const looked = Array.from({ length: seconds }, (_, at) => ({ fromUs: at * 1e6, toUs: (at + 1) * 1e6, rise }));
  return { workload, looked };
}

test.each([
  ["throttledUs", "compute"],
  ["memoryFullUs", "memory"],
  ["ioFullUs", "storage"],
] as const)("%s for a good part of each second, and not before, is %s", (counter, kind) => {
  const before = [used("cart-1", { [counter]: 10_000 }), used("cart-2", {})];
  const during = [used("cart-1", { [counter]: 400_000 }), used("cart-2", { [counter]: 100_000 })];

  const found = pressureOf(before, during);

  expect(found).toMatchObject({ class: kind, workload: "cart-1" });
  expect([found?.before, found?.during]).toEqual([0.01, 0.4]);
});

test("who gets less than before, and waits for more of it, was cut down; who gets more wants more", () => {
  const before = [used("cart-1", { cpuUs: 100_000 })];
  const limited = pressureOf(before, [used("cart-1", { cpuUs: 30_000, throttledUs: 800_000 })]);
  const loaded = pressureOf(before, [used("cart-1", { cpuUs: 300_000, throttledUs: 800_000 })]);

  expect([limited?.isCutDown, loaded?.isCutDown]).toEqual([true, false]);
});

test("what always stood still as long says nothing, nor what the host does not tell", () => {
  const same = [used("cart-1", { throttledUs: 500_000 })];

  expect(pressureOf(same, same)).toBeUndefined();
  expect(pressureOf([used("cart-1", {})], [used("cart-1", {})])).toBeUndefined();
  expect(pressureOf([], [])).toBeUndefined();
});
