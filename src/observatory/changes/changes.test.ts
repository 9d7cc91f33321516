import { expect, test } from "bun:test";
import type { Change } from "../../model/change.ts";
import { changes } from "./changes.ts";

const EJECTION: Change = {
  ...{ atUs: 1_000_000.25, kind: "ejection", namespace: "shop", service: "cart", workload: "cart-1", version: "v1" },
  text: "cart-1 is given no requests",
};
const DEPLOYMENT: Change = { ...EJECTION, atUs: 500_000, kind: "deployment", service: "pay", workload: "" };
const CONFIGURATION: Change = { ...DEPLOYMENT, atUs: 700_000, kind: "configuration", namespace: "", service: "" };

test("what an agent tells again is known, also to a process that read it from the store", () => {
  const first = changes();
  first.add(EJECTION);
  first.add({ ...EJECTION });
  const second = changes();
  second.restore(first.take().map((one) => ({ ...one, atUs: Math.floor(one.atUs) })));
  second.add(EJECTION);

  expect(first.within(0, 2e6)).toHaveLength(1);
  expect(second.within(0, 2e6)).toHaveLength(1);
  expect(second.take()).toEqual([]);
});

test("they are found by time, service and kind; those of the mesh itself concern every service", () => {
  const known = changes();
  for (const one of [EJECTION, DEPLOYMENT, CONFIGURATION]) known.add(one);
  const found = (...asked: Parameters<typeof known.within>) => known.within(...asked).map(({ kind }) => kind);

  expect(found(0, 2e6)).toEqual(["deployment", "configuration", "ejection"]);
  expect(found(600_000, 2e6)).toEqual(["configuration", "ejection"]);
  expect(found(0, 2e6, { service: "shop/cart" })).toEqual(["configuration", "ejection"]);
  expect(found(0, 2e6, { service: "cart", kinds: ["ejection", "deployment"] })).toEqual(["ejection"]);
});
