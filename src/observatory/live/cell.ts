// What is kept of the exchanges of one series in one stretch of time. Cells add up: over series, over time, in any order.
import { add, merge, type Sketch, sketch } from "../../base/sketch.ts";
import type { Series } from "./series.ts";

export type Cell = {
  requests: number;
  /** tries that were followed by another one; they are in none of the other figures */
  attempts: number;
  durationUs: number;
  requestBytes: number;
  responseBytes: number;
  /** durations in µs */
  readonly sketch: Sketch;
};

/** The cells of one stretch of time. */
export type Cells = Map<Series, Cell>;

export function cell(): Cell {
  return { requests: 0, attempts: 0, durationUs: 0, requestBytes: 0, responseBytes: 0, sketch: sketch() };
}

export function countExchange(
  cells: Cells,
  series: Series,
  durationUs: number | undefined,
  requestBytes: number,
  responseBytes: number,
): void {
  const to = cellOf(cells, series);
  to.requests++;
  to.requestBytes += requestBytes;
  to.responseBytes += responseBytes;
  if (durationUs === undefined) return;
  to.durationUs += durationUs;
  add(to.sketch, durationUs);
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
