// What is kept of the exchanges of one series in one stretch of time. Cells add up: over series, over time, in any order.
import { add, merge, type Sketch, sketch } from "../../base/sketch.ts";
import { FLAG } from "../../model/span.ts";
import { type Exemplar, exemplarAt } from "./exemplar.ts";
import type { Series } from "./series.ts";
import { addSums, type Columns, mergeSums, type Sums, sums } from "./sums.ts";

export type Cell = {
  requests: number;
  /** tries that were followed by another one; they are in none of the other figures */
  attempts: number;
  durationUs: number;
  requestBytes: number;
  responseBytes: number;
  /** durations in µs */
  readonly sketch: Sketch;
  readonly sums: Sums;
  /** the slowest exchange */
  exemplar: Exemplar | undefined;
};

/** The cells of one stretch of time. */
export type Cells = Map<Series, Cell>;

/** They take as long as somebody wants: how long is no latency. */
const ENDLESS = FLAG.stream | FLAG.upgraded;

export function cell(): Cell {
  return {
    requests: 0,
    attempts: 0,
    durationUs: 0,
    requestBytes: 0,
    responseBytes: 0,
    sketch: sketch(),
    sums: sums(),
    exemplar: undefined,
  };
}

/** Counts row `row` of `columns`. */
export function countExchange(cells: Cells, series: Series, columns: Columns, row: number): void {
  const to = cellOf(cells, series);
  const durationUs = columns.end[row] as number;
  to.requests++;
  to.requestBytes += columns.requestBytes[row] as number;
  to.responseBytes += columns.responseBytes[row] as number;
  if ((columns.flags[row] as number) & ENDLESS) return;
  to.durationUs += durationUs;
  add(to.sketch, durationUs);
  addSums(to.sums, columns, row);
  if (to.exemplar === undefined || durationUs > to.exemplar.durationUs) to.exemplar = exemplarAt(columns, row);
}

export function countAttempt(cells: Cells, series: Series): void {
  cellOf(cells, series).attempts++;
}

export function mergeCell(to: Cell, from: Cell): void {
  to.requests += from.requests;
  to.attempts += from.attempts;
  to.durationUs += from.durationUs;
  to.requestBytes += from.requestBytes;
  to.responseBytes += from.responseBytes;
  merge(to.sketch, from.sketch);
  mergeSums(to.sums, from.sums);
  takeExemplar(to, from.exemplar);
}

/** The slower one stays. */
export function takeExemplar(to: Pick<Cell, "exemplar">, one: Exemplar | undefined): void {
  if (one && (!to.exemplar || one.durationUs > to.exemplar.durationUs)) to.exemplar = one;
}

export function mergeCells(to: Cells, from: Cells): void {
  for (const [series, one] of from) mergeCell(cellOf(to, series), one);
}

export function cellOf(cells: Cells, series: Series): Cell {
  let found = cells.get(series);
  if (!found) {
    found = cell();
    cells.set(series, found);
  }
  return found;
}
