// Golden signals of a set of cells.
import { merge, quantile, type Sketch, sketch } from "../../base/sketch.ts";
import type { Signals } from "../../model/figures.ts";
import type { Cell } from "../live/cell.ts";
import type { Series } from "../live/series.ts";

export type Tally = {
  requests: number;
  failures: number;
  attempts: number;
  failedAttempts: number;
  requestBytes: number;
  responseBytes: number;
  readonly durations: Sketch;
};

export function tally(): Tally {
  return {
    requests: 0,
    failures: 0,
    attempts: 0,
    failedAttempts: 0,
    requestBytes: 0,
    responseBytes: 0,
    durations: sketch(),
  };
}

export function tallyCell(to: Tally, series: Series, cell: Cell): void {
  to.requests += cell.requests;
  if (!series.isSuccess) to.failures += cell.requests;
  to.attempts += cell.requests + cell.attempts;
  if (!series.isSuccess) to.failedAttempts += cell.requests + cell.attempts;
  to.requestBytes += cell.requestBytes;
  to.responseBytes += cell.responseBytes;
  // how long a connection stayed open is no latency: a pool's would drown those of requests
  if (series.protocol !== "tcp") merge(to.durations, cell.sketch);
}

/** @param seconds that the cells span */
export function signals(of: Tally, seconds: number): Signals {
  const { requests, failures, attempts, failedAttempts, requestBytes, responseBytes } = of;
  const actual = attempts === 0 ? {} : { actualSuccess: (attempts - failedAttempts) / attempts };
  const rest = {
    requests,
    failures,
    attempts,
    ...actual,
    rps: seconds > 0 ? requests / seconds : 0,
    requestBytes,
    responseBytes,
  };
  if (requests === 0) return rest;
  const success = (requests - failures) / requests;
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantile(of.durations, q));
  if (p50 === undefined || p95 === undefined || p99 === undefined) return { ...rest, success };
  return { ...rest, success, p50: p50 / 1000, p95: p95 / 1000, p99: p99 / 1000 };
}
