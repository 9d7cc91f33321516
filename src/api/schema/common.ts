// What all documents share.
import { z } from "@hono/zod-openapi";
import type { Health, HealthState, ServiceHealth } from "../../analysis/health/types.ts";
import type { Coverage } from "../../model/figures.ts";
import type { Answer, ApiProblem, Envelope, Signals, Stepped } from "../types.ts";
import { exactly } from "./exact.ts";

const time = z.iso.datetime({ precision: 3 });
export const share = z.number().min(0).max(1);
export const count = z.number().min(0);
const milliseconds = z
  .number()
  .min(0)
  .optional()
  .openapi({ description: "ms; of requests, opaque connections have none" });

const coverage = exactly<Coverage>()({
  spans: share.openapi({ description: "share of the exchanges in the window that are counted" }),
  missing: z.array(z.string()).openapi({ description: "what is not, and why; a sentence each" }),
}).openapi("Coverage");

export const envelopeFields = {
  asOf: time.openapi({ description: "end of the newest data in the answer" }),
  window: exactly<Envelope["window"]>()({ from: time, to: time }),
  coverage,
  probes: count.optional().openapi({ description: "requests of probes and scrapes that are not counted here" }),
};

export const signalFields = {
  requests: count,
  failures: count.openapi({ description: "answers of 5xx, and failures of the mesh or the transport" }),
  attempts: count.openapi({ description: "tries in all: requests, and tries that were followed by another one" }),
  actualSuccess: share.optional().openapi({ description: "of the tries" }),
  success: share.optional().openapi({ description: "absent without requests" }),
  rps: count.openapi({ description: "requests per second" }),
  p50: milliseconds,
  p95: milliseconds,
  p99: milliseconds,
  requestBytes: count,
  responseBytes: count,
};
export const signals = exactly<Signals>()(signalFields).openapi("Signals");

export const healthState: z.ZodType<HealthState> = z.enum(["good", "warning", "bad", "unknown"]);
export const health = exactly<Health>()({ state: healthState, sentence: z.string() }).openapi("Health");
export const serviceHealth = exactly<ServiceHealth>()({
  service: z.string(),
  namespace: z.string().openapi({ description: "empty for a name of the outside" }),
  state: healthState,
  reasons: z.array(z.string()),
}).openapi("ServiceHealth");

export const apiProblem = exactly<ApiProblem>()({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
}).openapi("Problem");

export function answerOf<Row>(row: z.ZodType<Row>): z.ZodType<Answer<Row>> {
  return z.strictObject({ ...envelopeFields, rows: z.array(row) });
}

export function steppedOf<Row>(row: z.ZodType<Row>): z.ZodType<Stepped<Row>> {
  return z.strictObject({ ...envelopeFields, rows: z.array(row), stepSeconds: z.int().min(1) });
}

export { time };
