// Whether who asks the service that a fault is to show at feels anything of it, by its plain figures.
import type { Symptom } from "./fault.ts";

/** latencies in ms, failures in percent of the requests */
export type Figures = { readonly p50: number; readonly p95: number; readonly p99: number; readonly failed: number };

/** half as slow again, or one more in fifty that fails */
const SLOWER = 1.5;
const MORE_FAIL = 2;

/** In which of its figures; none: it is not felt. */
export function feltIn(before: Figures, meanwhile: Figures, metric: Symptom["metric"] | undefined): (keyof Figures)[] {
  const slower = (["p50", "p95", "p99"] as const).filter((key) => meanwhile[key] > before[key] * SLOWER);
  return [
    ...(metric === "errors" ? [] : slower),
    ...(meanwhile.failed > before.failed + MORE_FAIL ? (["failed"] as const) : []),
  ];
}

type Row = {
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly failures: number;
  readonly requests: number;
};

/** @param row of `meshwise stat` and `/api/v1/stat` */
export function figuresOf({ p50 = 0, p95 = 0, p99 = 0, failures, requests }: Row): Figures {
  return { p50, p95, p99, failed: (100 * failures) / (requests || 1) };
}
