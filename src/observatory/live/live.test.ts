import { expect, test } from "bun:test";
import { span } from "../../../test/support/telemetry.ts";
import { quantile } from "../../base/sketch.ts";
import { FLAG, type Span } from "../../model/span.ts";
import { type Cells, cellOf, mergeCells } from "./cell.ts";
import { type Live, liveFigures, PERIOD_S } from "./live.ts";
import { outcome, type Series, seriesBook } from "./series.ts";

const BOOT = 1_000_000;
const rowOf = (of: Partial<Span>) =>
  Object.fromEntries(Object.entries(span(of)).map(([name, value]) => [name, [value]])) as never;
const ONE = rowOf({ end: 10 });

function series(destination = "cart"): Series {
  const book = seriesBook();
  const edge = book.edge({ name: "web", namespace: "shop" }, { name: destination, namespace: "shop" }, 80, 1);
  return book.find(edge, 0, 1, 0, outcome(200, 0));
}

function inMemory(live: Live): number {
  const all: Cells = new Map();
  for (const { stored, closing, open } of live.periods())
    for (const cells of [stored, closing, open]) mergeCells(all, cells);
  return [...all.values()].reduce((sum, cell) => sum + cell.requests, 0);
}

test("what could not be written is taken again, together with what came meanwhile", () => {
  const live = liveFigures(BOOT);
  const web = series();
  live.count(web, BOOT * 1e6, ONE, 0);

  expect(live.takeClosed(BOOT + PERIOD_S)).toHaveLength(1);
  live.count(web, BOOT * 1e6, ONE, 0);
  expect(inMemory(live)).toBe(2);
  live.settle(false);

  const [closed] = live.takeClosed(BOOT + PERIOD_S);
  expect(cellOf((closed as { cells: Cells }).cells, web).requests).toBe(2);
  live.settle(true);
  expect(live.takeClosed(BOOT + PERIOD_S)).toEqual([]);
  expect(live.hasOpen()).toBe(false);
  expect(inMemory(live)).toBe(2);
});

test("memory has an end: the oldest goes first, and what was never stored is counted as lost", () => {
  const live = liveFigures(BOOT, { keptPeriods: 60, mostCells: 20 });
  for (let period = 0; period < 30; period++)
    live.count(series(`s${period}`), (BOOT + period * PERIOD_S) * 1e6, ONE, 0);

  const lost = live.trim(BOOT + 30 * PERIOD_S);

  expect(lost).toBe(10);
  expect(inMemory(live)).toBe(20);
  expect(live.periodsFrom()).toBe(BOOT + 10 * PERIOD_S);
});

test("old periods go when they are stored, and stay while they are not", () => {
  const live = liveFigures(BOOT, { keptPeriods: 2, mostCells: 1_000 });
  live.count(series(), BOOT * 1e6, ONE, 0);
  expect(live.trim(BOOT + 1_000)).toBe(0);
  expect(inMemory(live)).toBe(1);

  live.takeClosed(BOOT + 1_000);
  live.settle(true);
  live.trim(BOOT + 1_000);

  expect(inMemory(live)).toBe(0);
});

test("the second in which the process began is not wholly known, unless nothing was before", () => {
  const live = liveFigures(BOOT + 0.5);
  expect(live.secondsFrom()).toBe(BOOT + 1);

  live.nothingBefore();

  expect(live.secondsFrom()).toBeLessThanOrEqual(BOOT);
  live.trim(BOOT + 200);
  expect(live.secondsFrom()).toBe(BOOT + 125);
});

test("what takes as long as somebody wants is counted, and is no latency", () => {
  const live = liveFigures(BOOT);
  const web = series();
  live.count(web, BOOT * 1e6, rowOf({ end: 500, requestBytes: 5, flags: FLAG.stream }), 0);
  live.count(web, BOOT * 1e6, rowOf({ end: 10, requestBytes: 1 }), 0);

  const [closed] = live.takeClosed(BOOT + PERIOD_S);
  const { requests, durationUs, requestBytes, sketch } = cellOf((closed as { cells: Cells }).cells, web);

  expect({ requests, durationUs, requestBytes }).toEqual({ requests: 2, durationUs: 10, requestBytes: 6 });
  expect(quantile(sketch, 0.99)).toBeCloseTo(10, 0);
});
