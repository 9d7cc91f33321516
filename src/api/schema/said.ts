// Lines, metrics of applications, and the counts of OTLP.
import { z } from "@hono/zod-openapi";
import type { LogRow, MetricRow, OtlpRow } from "../types.ts";
import { count } from "./common.ts";
import { exactly } from "./exact.ts";

const time = z.iso.datetime({ precision: 6 });

export const logRow = exactly<LogRow>()({
  time,
  service: z.string(),
  workload: z.string(),
  source: z
    .enum(["stdout", "stderr", "mesh", "otlp"])
    .openapi({ description: "mesh: what the mesh says of the workload" }),
  level: z.enum(["", "trace", "debug", "info", "warn", "error", "fatal"]).openapi({ description: "empty: not told" }),
  text: z.string(),
  traceId: z.string().optional(),
  spanId: z.string().optional(),
}).openapi("LogRow");

export const metricRow = exactly<MetricRow>()({
  service: z.string(),
  namespace: z.string(),
  workload: z.string(),
  name: z.string(),
  unit: z.string(),
  kind: z.enum(["gauge", "counter", "mean"]).openapi({ description: "mean: of a histogram or summary, per step" }),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  points: z.array(exactly<MetricRow["points"][number]>()({ time, value: z.number() })),
}).openapi("MetricRow");

export const otlpRow = exactly<OtlpRow>()({
  direction: z.enum(["in", "out"]),
  signal: z.enum(["traces", "metrics", "logs"]),
  done: count.openapi({
    description: "spans, points or records that were taken, or sent; since the observatory began",
  }),
  refused: count.openapi({ description: "and will not come: by us for what they are, or by the collector" }),
  lost: count.openapi({ description: "because too many waited to be sent, or the observatory ended" }),
  deferred: count.openapi({ description: "told to come again later" }),
  waiting: count.openapi({ description: "to be sent" }),
  trouble: z.string().optional(),
}).openapi("OtlpRow");
