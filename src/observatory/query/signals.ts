// Golden signals of a set of cells.
import { merge, quantile, type Sketch, sketch } from "../../base/sketch.ts";
import type { Signals } from "../../model/figures.ts";
import type { Cell } from "../live/cell.ts";
import type { Series } from "../live/series.ts";

export type Tally = {
  requests: number;
  failures: number;
  requestBytes: number;
  responseBytes: number;
  readonly durations: Sketch;
};

export function tally(): Tally {
  return { requests: 0, failures: 0, requestBytes: 0, responseBytes: 0, durations: sketch() };
}

export function tallyCell(to: Tally, series: Series, cell: Cell): void {
  to.requests += cell.requests;
  if (!series.isSuccess) to.failures += cell.requests;
  to.requestBytes += cell.requestBytes;
  to.responseBytes += cell.responseBytes;
  merge(to.durations, cell.sketch);
}

/** @param seconds that the cells span */
export function signals(of: Tally, seconds: number): Signals {
  const { requests, failures, requestBytes, responseBytes } = of;
  const rest = { requests, failures, rps: seconds > 0 ? requests / seconds : 0, requestBytes, responseBytes };
  if (requests === 0) return rest;
  const ms = (q: number) => (quantile(of.durations, q) ?? 0) / 1000;
  return { ...rest, success: (requests - failures) / requests, p50: ms(0.5), p95: ms(0.95), p99: ms(0.99) };
}
