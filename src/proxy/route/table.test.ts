// What a swap of the snapshot keeps and what it changes.
import { expect, test } from "bun:test";
import { serviceAddress, workloadAddress } from "../../model/address.ts";
import { NO_ROUTING } from "../../model/route.ts";
import { type Endpoint, type PackedSnapshot, pack, type Snapshot } from "../../model/snapshot.ts";
import {
  canonical,
  compileTable,
  destinationAt,
  destinationNamed,
  EMPTY_TABLE,
  knownBackends,
  readyPorts,
} from "./table.ts";

function snapshot(endpoints: readonly Endpoint[], change: Partial<Snapshot> = {}): PackedSnapshot {
  return pack({
    version: 1,
    project: "p",
    services: [
      { key: 1, name: "cart", namespace: "p", address: serviceAddress(0), protocols: { 90: "tcp" } },
      { key: 2, name: "pay", namespace: "p", address: serviceAddress(1), protocols: {} },
    ],
    published: [],
    egress: { allowed: true },
    routing: NO_ROUTING,
    workloads: [
      {
        key: 5,
        id: "cart-1",
        service: "cart",
        version: "1",
        identity: "spiffe://meshwise.local/ns/p/sa/cart",
        address: workloadAddress(5),
        declaredPorts: [],
      },
    ],
    endpoints,
    ...change,
  });
}

const cart = (workload: number, port = 80): Endpoint => ({ workload, service: "cart", port, via: "own" });

test("a service is found by either of its addresses and by name, and all mean the same destination", () => {
  const table = compileTable(snapshot([cart(5)]), EMPTY_TABLE, EMPTY_TABLE.routes, 0);
  const { v4, v6 } = serviceAddress(0);

  const found = destinationAt(table, v4, 80);

  expect(found?.backends.map(({ workload }) => workload)).toEqual([5]);
  // the kernel writes fd00:6d77:1:: where the model writes fd00:6d77:1::0
  expect(destinationAt(table, canonical(v6), 80)).toBe(found as NonNullable<typeof found>);
  expect(destinationNamed(table, "cart", 80)).toBe(found as NonNullable<typeof found>);
  expect(destinationAt(table, "240.1.9.9", 80)).toBeUndefined();
});

test("a workload's own address leads to that workload alone", () => {
  const table = compileTable(snapshot([cart(5), cart(6)]), EMPTY_TABLE, EMPTY_TABLE.routes, 0);

  const found = destinationAt(table, workloadAddress(5).v4, 80);

  expect(found).toMatchObject({ service: 1, name: "cart" });
  expect(found?.backends.map(({ workload }) => workload)).toEqual([5]);
});

test("a workload's own address is found by both families, and keeps its destination over a swap", () => {
  const first = compileTable(snapshot([cart(5)]), EMPTY_TABLE, EMPTY_TABLE.routes, 0);
  const { v4, v6 } = workloadAddress(5);
  const before = destinationAt(first, v4, 80);

  const second = compileTable(snapshot([cart(5), cart(6)]), first, EMPTY_TABLE.routes, 0);
  const gone = compileTable(snapshot([cart(6)], { workloads: [] }), second, EMPTY_TABLE.routes, 0);

  expect(destinationAt(first, canonical(v6), 80)).toBe(before as NonNullable<typeof before>);
  expect(destinationAt(second, v4, 80)).toBe(before as NonNullable<typeof before>);
  expect(destinationAt(gone, v4, 80)).toBeUndefined();
  expect(before).toMatchObject({ isStale: true, backends: [] });
});

test("destinations and backends that stay keep their identity over a swap", () => {
  const first = compileTable(snapshot([cart(5), cart(6)]), EMPTY_TABLE, EMPTY_TABLE.routes, 0);
  const before = destinationAt(first, serviceAddress(0).v4, 80);
  const [five, six] = before?.backends ?? [];

  const second = compileTable(snapshot([cart(6), cart(7)]), first, EMPTY_TABLE.routes, 0);

  expect(destinationAt(second, serviceAddress(0).v4, 80)).toBe(before as NonNullable<typeof before>);
  expect(before?.backends[0]).toBe(six as NonNullable<typeof six>);
  expect([five?.isGone, six?.isGone]).toEqual([true, false]);
});

test.each([
  ["loses its last endpoint", snapshot([])],
  ["is removed", snapshot([], { services: [] })],
  [
    "gets another protocol",
    snapshot([cart(5)], {
      services: [{ key: 1, name: "cart", namespace: "p", address: serviceAddress(0), protocols: { 80: "http" } }],
    }),
  ],
  [
    "is another service under its old name",
    snapshot([cart(5)], {
      services: [{ key: 9, name: "cart", namespace: "p", address: serviceAddress(0), protocols: {} }],
    }),
  ],
])("a destination whose service %s must be looked up again", (_, next) => {
  const first = compileTable(snapshot([cart(5)]), EMPTY_TABLE, EMPTY_TABLE.routes, 0);
  const before = destinationAt(first, serviceAddress(0).v4, 80);

  compileTable(next, first, EMPTY_TABLE.routes, 0);

  expect(before).toMatchObject({ isStale: true, backends: [] });
});

test("a port without endpoints leaves nothing behind in the table", () => {
  const table = compileTable(snapshot([cart(5)]), EMPTY_TABLE, EMPTY_TABLE.routes, 0);

  const nobody = destinationAt(table, serviceAddress(0).v4, 81);

  expect(nobody).toMatchObject({ isStale: true, backends: [] });
  expect(table.byService.get("cart")?.destinations.size).toBe(0);
  expect(readyPorts(table, "cart")).toEqual([80]);
});

test("who serves a service is read when it is first called, and once: what did not change is not read again", () => {
  const first = compileTable(snapshot([cart(5), { ...cart(8), service: "pay" }]), EMPTY_TABLE, EMPTY_TABLE.routes, 0);
  expect([...knownBackends(first)]).toEqual([]);

  destinationAt(first, serviceAddress(0).v4, 80);
  const second = compileTable(snapshot([cart(5), { ...cart(9), service: "pay" }]), first, EMPTY_TABLE.routes, 0);

  expect([...knownBackends(second)].map(({ workload }) => workload)).toEqual([5]);
  const [before, after] = [first, second].map(({ byService }) => byService.get("cart")?.servers);
  expect(after).toBe(before);
  expect(destinationNamed(second, "pay", 80)?.backends.map(({ workload }) => workload)).toEqual([9]);
});

test("who comes to a service that is called already is new; who was there at the first call is not", () => {
  const first = compileTable(snapshot([cart(5)]), EMPTY_TABLE, EMPTY_TABLE.routes, 0);
  destinationAt(first, serviceAddress(0).v4, 80);

  const second = compileTable(snapshot([cart(5), cart(6)]), first, EMPTY_TABLE.routes, 700);

  const since = [...knownBackends(second)].map(({ load }) => load.sinceMs);
  expect(since).toEqual([Number.NEGATIVE_INFINITY, 700]);
});

test("a service that goes takes its backends with it", () => {
  const first = compileTable(snapshot([cart(5)]), EMPTY_TABLE, EMPTY_TABLE.routes, 0);
  const [five] = destinationAt(first, serviceAddress(0).v4, 80)?.backends ?? [];

  compileTable(snapshot([], { services: [], workloads: [] }), first, EMPTY_TABLE.routes, 0);

  expect(five?.isGone).toBe(true);
});

test("a service may be named like something that every object has", () => {
  const odd = { key: 3, name: "constructor", namespace: "p", address: serviceAddress(2), protocols: {} };
  const table = compileTable(snapshot([], { services: [odd] }), EMPTY_TABLE, EMPTY_TABLE.routes, 0);

  expect(destinationNamed(table, "constructor", 80)).toMatchObject({ isStale: true, backends: [] });
});
