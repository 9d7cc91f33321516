import { expect, test } from "bun:test";
import { join } from "node:path";

type Product = { readonly id: string; readonly name: string; readonly category: string; readonly text: string };
type Found = { readonly products: readonly Product[]; readonly corrected?: string };
const { makeIndex, lookUp, distance } = (await import(join(import.meta.dir, "index.mjs"))) as {
  makeIndex(products: readonly Product[]): unknown;
  lookUp(index: unknown, query: string): Found;
  distance(a: string, b: string): number;
};

const index = makeIndex([
  { id: "mug", name: "Mug, speckled", category: "table", text: "For coffee." },
  { id: "teapot", name: "Teapot, iron", category: "table", text: "Goes with the mug." },
  { id: "lamp", name: "Desk lamp", category: "light", text: "Crème brass." },
]);
const ids = (query: string) => lookUp(index, query).products.map(({ id }) => id);

test("a word in the name counts more than one in the text", () => {
  expect(ids("mug")).toEqual(["mug", "teapot"]);
});

test("every word must be there", () => {
  expect(ids("iron teapot")).toEqual(["teapot"]);
  expect(ids("iron lamp")).toEqual([]);
});

test("capitals, plurals, accents and beginnings of words are found", () => {
  expect([ids("LAMPS"), ids("creme"), ids("tea")]).toEqual([["lamp"], ["lamp"], ["teapot"]]);
});

test("a small typing mistake is forgiven, and what was meant is said", () => {
  expect(lookUp(index, "tepaot")).toMatchObject({ products: [{ id: "teapot" }], corrected: "teapot" });
  expect(lookUp(index, "zzz")).toEqual({ products: [] });
});

test("no word finds everything", () => {
  expect(ids(" ,")).toHaveLength(3);
});

test.each([
  ["lamp", "lamp", 0],
  ["lmap", "lamp", 1],
  ["lam", "lamp", 1],
  ["lump", "lamp", 1],
  ["", "lamp", 4],
])("%p is %i changes from %p", (a, b, changes) => {
  expect(distance(a, b)).toBe(changes);
});
