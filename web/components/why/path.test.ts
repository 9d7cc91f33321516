import { expect, test } from "bun:test";
import type { EdgeRow } from "../../../src/api/types.ts";
import { stepsOf } from "./path.ts";

const edge = (source: string, destination: string, requests = 1) =>
  ({ source, sourceNamespace: "shop", destination, destinationNamespace: "shop", requests }) as EdgeRow;
const rows = [edge("web", "cart", 2), edge("web", "cart", 9), edge("cart", "pay")];

test("a path goes along the calls, each with the busiest port's figures as they were and are", () => {
  const [first, second] = stepsOf(["web", "cart", "pay"], { now: rows, before: rows.slice(0, 1) }, "latency");

  expect(first).toMatchObject({ call: { source: "web", destination: "cart" }, isUpwards: false });
  expect(first?.now?.requests).toBe(9);
  expect(first?.before?.requests).toBe(2);
  expect(second).toMatchObject({ call: { source: "cart", destination: "pay" } });
  expect(second?.before).toBeUndefined();
});

test("a path to who asks goes against the calls", () => {
  const [step] = stepsOf(["pay", "shop/cart"], { now: rows, before: [] }, "throughput");
  expect(step).toMatchObject({ call: { source: "shop/cart", destination: "pay" }, isUpwards: true });
});

test("where no call is known any more, the direction is what such a path has", () => {
  const nothing = { now: [], before: [] };
  expect(stepsOf(["web", "cart"], nothing, "errors")[0]?.isUpwards).toBe(false);
  expect(stepsOf(["web", "cart"], nothing, "throughput")[0]?.isUpwards).toBe(true);
});

test("a single place is no way to anywhere", () => {
  expect(stepsOf(["cart"], { now: rows, before: rows }, "latency")).toEqual([]);
});
