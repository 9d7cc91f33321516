// Traces.
import { z } from "@hono/zod-openapi";
import type { AppSpan, LinkKind, TraceAnswer, TraceRow, TraceSpan } from "../types.ts";
import { count, envelopeFields, share } from "./common.ts";
import { exactly } from "./exact.ts";
import { exchangeFields } from "./rows.ts";

const moment = z.iso.datetime({ precision: 6 });
const weakest = share.openapi({ description: "of the weakest link; 1 when there is none" });

export const traceRow = exactly<TraceRow>()({
  traceId: z.string(),
  time: moment,
  durationUs: count,
  failures: count,
  confidence: weakest,
  calls: count,
  services: z.array(z.string()),
  source: z.string(),
  destination: z.string(),
  method: z.string(),
  path: z.string(),
  status: z.int(),
}).openapi("TraceRow");

const link: z.ZodType<LinkKind> = z.enum(["root", "sent", "inferred", "unknown"]);

const span = exactly<TraceSpan>()({
  ...exchangeFields,
  parent: z.string().optional().openapi({ description: "spanId of the call above it" }),
  link,
  depth: z.int(),
  offsetUs: count,
  selfUs: count.openapi({ description: "in which none of its own calls was running" }),
  criticalUs: count.openapi({ description: "of these, what the whole trace waited for" }),
}).openapi("TraceSpan");

const appSpan = exactly<AppSpan>()({
  spanId: z.string(),
  parent: z.string().optional().openapi({ description: "span id of what it is a part of" }),
  call: z.string().optional().openapi({ description: "spanId of the call that it was done for; absent: not known" }),
  service: z.string(),
  instance: z.string(),
  name: z.string(),
  kind: z.enum(["internal", "server", "client", "producer", "consumer"]),
  depth: z.int(),
  offsetUs: z.int().openapi({ description: "from the beginning of the trace, by the service's clock" }),
  durationUs: count,
  status: z.enum(["unset", "ok", "error"]),
  message: z.string(),
}).openapi("AppSpan");

export const traceAnswer = exactly<TraceAnswer>()({
  ...envelopeFields,
  traceId: z.string(),
  time: moment,
  durationUs: count,
  services: z.array(z.string()),
  failures: count,
  confidence: weakest,
  spans: z.array(span),
  appSpans: z.array(appSpan).openapi({ description: "what instrumented services say of their own work, by OTLP" }),
  criticalPath: z.array(
    exactly<TraceAnswer["criticalPath"][number]>()({ spanId: z.string(), fromUs: count, toUs: count }),
  ),
  missing: z.array(z.string()),
}).openapi("TraceAnswer");
