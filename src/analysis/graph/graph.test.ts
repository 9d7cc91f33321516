import { describe, expect, test } from "bun:test";
import { facts, flow, workload } from "../facts.fixture.ts";
import { type MapView, mapOf } from "./map.ts";
import { neighbourhood } from "./neighbourhood.ts";

const SHOP = [
  flow("outside", "web"),
  flow("web", "cart"),
  flow("web", "checkout"),
  flow("cart", "redis", { protocol: "tcp", port: 6379 }),
  flow("checkout", "payment"),
  flow("payment", "api.example.com", { port: 443 }),
  flow("checkout", "stock"),
  flow("cron", "stock"),
];

describe("hops", () => {
  const around = (focus: string, up: number, down: number) => {
    const { nodes, flows } = neighbourhood(SHOP, [], focus, { up, down });
    return [[...nodes].sort(), flows.map(({ source, destination }) => `${source}→${destination}`)];
  };

  test.each([
    ["checkout", 0, 0, ["shop/checkout"], []],
    ["checkout", 1, 0, ["shop/checkout", "shop/web"], ["web→checkout"]],
    ["checkout", 9, 0, ["outside", "shop/checkout", "shop/web"], ["outside→web", "web→checkout"]],
    ["checkout", 0, 1, ["shop/checkout", "shop/payment", "shop/stock"], ["checkout→payment", "checkout→stock"]],
    ["shop/stock", 1, 0, ["shop/checkout", "shop/cron", "shop/stock"], ["checkout→stock", "cron→stock"]],
    [
      "payment",
      1,
      1,
      ["outside/api.example.com", "shop/checkout", "shop/payment"],
      ["checkout→payment", "payment→api.example.com"],
    ],
    ["api.example.com", 1, 0, ["outside/api.example.com", "shop/payment"], ["payment→api.example.com"]],
    ["nobody", 9, 9, [], []],
  ] as const)("of %s, %d up and %d down", (focus, up, down, nodes, flows) => {
    expect(around(focus, up, down)).toEqual([[...nodes], [...flows]]);
  });

  test("a circle is walked once", () => {
    const circle = [flow("a", "b"), flow("b", "c"), flow("c", "a")];

    expect(neighbourhood(circle, [], "a", { up: 0, down: 99 }).flows).toHaveLength(3);
  });
});

const view = (overrides: Partial<MapView> = {}): MapView => ({ hops: { up: 1, down: 1 }, ...overrides });

describe("the map", () => {
  test("has every service, the outside on both sides, and what they exchanged", () => {
    const map = mapOf(facts(SHOP), view(), 10);

    expect(map.nodes.map(({ id, kind }) => [id, kind])).toEqual([
      ["outside", "outside"],
      ["outside/api.example.com", "outside"],
      ["shop/cart", "service"],
      ["shop/checkout", "service"],
      ["shop/cron", "service"],
      ["shop/payment", "service"],
      ["shop/redis", "service"],
      ["shop/stock", "service"],
      ["shop/web", "service"],
    ]);
    expect(map.edges.map(({ source, target }) => [source, target])).toContainEqual(["outside", "shop/web"]);
    expect(map.edges).toHaveLength(SHOP.length);
    expect(map.nodes.find(({ id }) => id === "shop/stock")?.signals).toMatchObject({ requests: 200, rps: 20 });
    expect(map.hidden).toBe(0);
  });

  test("ports and protocols of a pair are one edge", () => {
    const flows = [flow("a", "b", { port: 2 }), flow("a", "b", { port: 1, protocol: "tcp" })];

    expect(mapOf(facts(flows), view(), 1).edges).toMatchObject([
      { id: "shop/a → shop/b", ports: [1, 2], protocols: ["http/1.1", "tcp"], signals: { requests: 200 } },
    ]);
  });

  test("a focus leaves out what is further away, says how much, and changes no figure", () => {
    const map = mapOf(facts(SHOP), view({ focus: "stock", hops: { up: 1, down: 0 } }), 10);

    expect(map.nodes.map(({ id }) => id)).toEqual(["shop/checkout", "shop/cron", "shop/stock"]);
    expect(map.hidden).toBe(4);
    // web calls it, and is not shown
    expect(map.nodes.find(({ id }) => id === "shop/checkout")?.signals.requests).toBe(100);
  });

  test("a service shows its workloads, versions and what is wrong with it", () => {
    const workloads = [
      workload("web"),
      workload("cart", { id: "cart-1", version: "2" }),
      workload("cart", { id: "cart-2", version: "1", state: "failed", readyPorts: [], reason: "exit code 1" }),
    ];

    const [cart] = mapOf(facts([flow("web", "cart")], { workloads }), view(), 1).nodes;

    expect(cart).toMatchObject({
      id: "shop/cart",
      workloads: { ready: 1, total: 2 },
      versions: ["1", "2"],
      state: "warning",
      reasons: ["cart has 1 of 2 workloads ready: cart-2 failed (exit code 1)."],
    });
  });
});

describe("folding", () => {
  const TWO = [
    flow("outside", "shop/web"),
    flow("shop/web", "shop/cart"),
    flow("shop/cart", "billing/ledger", { requests: 60, faults: 30 }),
    flow("billing/ledger", "billing/db", { protocol: "tcp" }),
    flow("shop/cart", "billing/db", { requests: 7, protocol: "tcp" }),
  ];

  test("a folded namespace is one node with the traffic to it from elsewhere, and the worst of its states", () => {
    const map = mapOf(facts(TWO), view({ expand: ["shop"] }), 1);

    expect(map.nodes.map(({ id }) => id)).toEqual(["outside", "billing/", "shop/cart", "shop/web"]);
    expect(map.nodes[1]).toMatchObject({
      kind: "namespace",
      services: 2,
      workloads: { ready: 2, total: 2 },
      signals: { requests: 67, failures: 30 },
      state: "bad",
    });
    expect(map.nodes[1]?.reasons[0]).toContain("ledger fails 50 %");
    expect(map.edges.map(({ id }) => id)).toEqual([
      "outside → shop/web",
      "shop/cart → billing/",
      "shop/web → shop/cart",
    ]);
    expect(map.namespaces).toEqual([
      { name: "billing", services: 2, isExpanded: false, state: "bad" },
      { name: "shop", services: 2, isExpanded: true, state: "good" },
    ]);
  });

  test.each([
    ["few services: all are shown", 20, undefined, 40],
    ["many services: their namespaces", 21, undefined, 2],
    ["many services, all asked for", 21, "all" as const, 42],
    ["a focus that leaves few: these are shown", 21, undefined, 3],
  ])("%s", (name, perNamespace, expand, expected) => {
    const flows = ["a", "b"].flatMap((space) =>
      Array.from({ length: perNamespace }, (_, index) =>
        flow(`${space}/${space}${index}`, `${space}/${space}${(index + 1) % perNamespace}`),
      ),
    );
    const focus = name.startsWith("a focus") ? { focus: "a5" } : {};

    const map = mapOf(facts(flows), view({ ...focus, ...(expand && { expand }) }), 1);

    expect(map.nodes).toHaveLength(expected);
  });

  test("one namespace is never folded", () => {
    const flows = Array.from({ length: 100 }, (_, index) => flow(`s${index}`, `s${(index + 1) % 100}`));

    expect(mapOf(facts(flows), view(), 1).nodes).toHaveLength(100);
  });
});
