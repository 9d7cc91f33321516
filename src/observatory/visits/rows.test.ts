import { expect, test } from "bun:test";
import { type Visit, visitRows } from "./rows.ts";

const visitOf = (who: number, joins?: Visit["joins"]): Visit => ({
  ...{ atMs: 1_000 * who, visitor: [who, who], joins, visit: 0, status: 200, latencyMs: 1, culprit: "", item: "" },
  ...{ place: { namespace: "shop", service: "web", route: "GET /" }, server: { version: "1", workload: "web-1" } },
  ...{ from: "", to: "" },
});

test("rows that another thread reads stay as they are when a visitor is forgotten", () => {
  const rows = visitRows(60_000, 4);
  for (const who of [1, 2, 3, 4, 5]) rows.add(visitOf(who));
  const read = rows.chunks.map((chunk) => ({ ...chunk }));

  const forgotten = rows.forget((high) => high === 2);

  expect([forgotten, rows.size]).toEqual([1, 4]);
  expect(read.map((chunk) => [...chunk.visitor0.subarray(0, chunk.rows)])).toEqual([[1, 2, 3, 4], [5]]);
  expect(rows.chunks.map((chunk) => [...chunk.visitor0.subarray(0, chunk.rows)])).toEqual([[1, 3, 4], [5]]);
  expect(rows.chunks[0]?.visitor0.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test("what a visitor is known as besides moves with the row", () => {
  const rows = visitRows(60_000, 4);
  rows.add(visitOf(1));
  rows.add(visitOf(2, [7, 8]));

  rows.forget((high) => high === 1);

  expect([rows.chunks[0]?.joins0[0], rows.chunks[0]?.joins1[0]]).toEqual([7, 8]);
});
