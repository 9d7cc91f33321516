import { expect, test } from "bun:test";
import ELK from "elkjs/lib/elk.bundled.js";
import {
  aligned,
  elkGraph,
  fitting,
  hasPlaces,
  type Layout,
  layoutOf,
  orderOfAppearance,
  type Structure,
} from "./layout.ts";

const SHOP: readonly (readonly [string, string])[] = [
  ["outside", "shop/web"],
  ["shop/web", "shop/catalog"],
  ["shop/web", "shop/cart"],
  ["shop/web", "shop/checkout"],
  ["shop/checkout", "shop/payment"],
  ["shop/checkout", "shop/cart"],
  ["shop/cart", "shop/catalog"],
];

function structure(calls: readonly (readonly [string, string])[]): Structure {
  const ids = [...new Set(calls.flat())];
  return {
    nodes: ids.map((id) => ({ id, kind: id.startsWith("outside") ? "outside" : "service" })),
    edges: calls.map(([source, target]) => ({ id: `${source} → ${target}`, source, target })),
  };
}

async function laidOut(of: Structure, order = orderOfAppearance(new Map(), of)): Promise<Layout> {
  return layoutOf(await new ELK().layout(elkGraph(of, order)));
}

test("the same mesh is laid out the same, in whatever order it is told", async () => {
  const once = await laidOut(structure(SHOP));
  const again = await laidOut(structure([...SHOP].reverse()));

  expect(again.boxes.size).toBe(6);
  expect(Object.fromEntries(again.boxes)).toEqual(Object.fromEntries(once.boxes));
});

test("callers stand to the left of whom they call, and nothing stands on anything", async () => {
  const of = structure(SHOP);
  const { boxes, routes } = await laidOut(of);

  for (const { id, source, target } of of.edges) {
    expect(boxes.get(source)!.x + boxes.get(source)!.width).toBeLessThan(boxes.get(target)!.x);
    expect(routes.get(id)!.length).toBeGreaterThan(1);
  }
  const all = [...boxes.values()];
  for (const a of all) for (const b of all) if (a !== b) expect(overlap(a, b)).toBe(false);
});

test("one service more moves the others little, and keeps who stands above whom", async () => {
  const before = structure(SHOP);
  const after = structure([...SHOP, ["shop/checkout", "shop/email"]]);
  const order = orderOfAppearance(new Map(), before);
  const first = await laidOut(before, order);
  const second = aligned(first, await laidOut(after, orderOfAppearance(order, after)));

  const moves = [...first.boxes].map(([id, box]) => distance(box, second.boxes.get(id)!));
  expect(Math.max(...moves)).toBeLessThan(130); // a card's height and its gap
  expect(order2(second, first)).toEqual(order2(first, first));
});

test("who was there first keeps his number", () => {
  const first = orderOfAppearance(new Map(), structure(SHOP));
  const second = orderOfAppearance(first, structure([...SHOP, ["shop/a", "shop/b"]]));

  expect([...second.keys()].slice(0, first.size)).toEqual([...first.keys()]);
  expect([...first.keys()][0]).toBe("outside");
});

test("a new layout is moved as a whole to where the known ones were", () => {
  const box = (x: number, y: number) => ({ x, y, width: 10, height: 10 });
  const previous: Layout = { boxes: new Map([["a", box(100, 50)]]), routes: new Map() };
  const next: Layout = {
    boxes: new Map([
      ["a", box(0, 0)],
      ["b", box(20, 0)],
    ]),
    routes: new Map([["ab", [{ x: 10, y: 5 }]]]),
  };

  const moved = aligned(previous, next);

  expect(moved.boxes.get("a")).toEqual(box(100, 50));
  expect(moved.boxes.get("b")).toEqual(box(120, 50));
  expect(moved.routes.get("ab")).toEqual([{ x: 110, y: 55 }]);
});

test("figures and calls that pause need no new layout; what is new or gone does", async () => {
  const of = structure(SHOP);
  const layout = await laidOut(of);

  expect(hasPlaces(layout, of)).toBe(true);
  expect(hasPlaces(layout, { ...of, edges: of.edges.slice(1) })).toBe(true);
  expect(hasPlaces(layout, structure([...SHOP, ["shop/payment", "shop/cart"]]))).toBe(false);
  expect(hasPlaces(layout, { ...of, nodes: of.nodes.slice(1) })).toBe(false);
});

test("the whole map fits its canvas, a small one is not blown up, a huge one stays readable", () => {
  const canvas = [1200, 600] as const;
  const wide = fitting({ x: 50, y: -20, width: 2000, height: 500 }, ...canvas);
  expect(wide.x + 50 * wide.zoom).toBeGreaterThanOrEqual(0);
  expect(wide.x + 2050 * wide.zoom).toBeLessThanOrEqual(1200);

  expect(fitting({ x: 0, y: 0, width: 100, height: 50 }, ...canvas).zoom).toBeLessThan(1.2);
  expect(fitting({ x: 0, y: 0, width: 2000, height: 20_000 }, ...canvas).zoom).toBeGreaterThan(0.3);
});

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function distance(a: Box, b: Box): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** The ids of `among`, by column and from top to bottom. */
function order2({ boxes }: Layout, among: Layout): string[] {
  return [...boxes]
    .filter(([id]) => among.boxes.has(id))
    .sort(([, a], [, b]) => a.x - b.x || a.y - b.y)
    .map(([id]) => id);
}
