// The columns of golden signals, the same wherever they are shown.
import type { Signals } from "../../model/figures.ts";
import { bytes, count, latency, percent, rate } from "./format.ts";
import type { Column } from "./table.ts";

export const SIGNAL_COLUMNS: readonly Column<Signals>[] = [
  {
    title: "SUCCESS",
    align: "right",
    cell: ({ success }) => ({
      text: percent(success),
      tone: success !== undefined && success < 0.99 ? "bad" : undefined,
    }),
  },
  { title: "RPS", align: "right", cell: (row) => rate(row.rps) },
  { title: "P50", align: "right", cell: (row) => latency(row.p50) },
  { title: "P95", align: "right", cell: (row) => latency(row.p95) },
  { title: "P99", align: "right", cell: (row) => latency(row.p99) },
];

/** for `-o wide` */
export const COUNT_COLUMNS: readonly Column<Signals>[] = [
  { title: "REQUESTS", align: "right", wide: true, cell: (row) => count(row.requests) },
  { title: "FAILED", align: "right", wide: true, cell: (row) => count(row.failures) },
  { title: "TRIES", align: "right", wide: true, cell: (row) => count(row.attempts) },
  { title: "ACTUAL", align: "right", wide: true, cell: (row) => percent(row.actualSuccess) },
  { title: "IN", align: "right", wide: true, cell: (row) => bytes(row.requestBytes) },
  { title: "OUT", align: "right", wide: true, cell: (row) => bytes(row.responseBytes) },
];
