import { expect, test } from "bun:test";
import { nextCard } from "./walk.ts";

const box = (x: number, y: number) => ({ x, y, width: 100, height: 50 });
//   web ── cart ── stock
//        ╲ pay
//     (alone, below all)
const layout = {
  boxes: new Map([
    ["web", box(0, 0)],
    ["cart", box(200, 0)],
    ["pay", box(200, 100)],
    ["stock", box(400, 0)],
    ["alone", box(0, 300)],
  ]),
};
const edges = [
  { id: "1", source: "web", target: "cart" },
  { id: "2", source: "web", target: "pay" },
  { id: "3", source: "cart", target: "stock" },
];

test.each([
  ["web", "right", "cart"],
  ["cart", "right", "stock"],
  ["stock", "left", "cart"],
  ["pay", "left", "web"],
  ["cart", "down", "pay"],
  ["pay", "up", "cart"],
  ["web", "down", "alone"],
  ["web", "left", undefined],
  ["web", "up", undefined],
] as const)("from %s %s to %s", (from, direction, to) => {
  expect(nextCard(from, direction, layout, edges)).toBe(to);
});
