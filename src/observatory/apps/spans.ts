// Spans of applications that are instrumented: they join ours by trace id and parent.
import { redact } from "../../base/redact.ts";
import { type OtlpSpan, SPAN_KINDS, type SpanKind, type Traces } from "../../protocol/otlp/trace-messages.ts";
import { type Attributes, LONGEST_VALUE, readAttributes } from "./attributes.ts";
import { isTimely, micros, type Refused, type Teller, tellerOf } from "./resource.ts";

export type AppSpan = Teller & {
  /** 32 hex digits */
  readonly traceId: string;
  /** 16 hex digits */
  readonly spanId: string;
  /** "" for a root; may be a span of the mesh's own */
  readonly parentId: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** µs since 1970 */
  readonly startUs: number;
  readonly durationUs: number;
  readonly status: "unset" | "ok" | "error";
  /** of an error, "" without */
  readonly message: string;
  /** who measured: the name of the instrumentation library */
  readonly scope: string;
  readonly attributes: Attributes;
  /** such as exceptions */
  readonly events: readonly AppEvent[];
};

export type AppEvent = { readonly timeUs: number; readonly name: string; readonly attributes: Attributes };

export const STATUSES = ["unset", "ok", "error"] as const;
const LONGEST_NAME = 256;
const MOST_EVENTS = 16;

export function readAppSpans(traces: Traces, nowUs: number): { readonly spans: AppSpan[]; readonly refused: Refused } {
  const spans: AppSpan[] = [];
  const reasons = new Set<string>();
  let count = 0;
  for (const { resource, scopeSpans } of traces.resourceSpans ?? []) {
    const teller = tellerOf(resource);
    for (const { scope, spans: told } of scopeSpans ?? []) {
      for (const one of told ?? []) {
        const reason = whyUnfit(one, nowUs);
        if (reason === undefined) spans.push(readSpan(one, teller, scope?.name ?? ""));
        else {
          count++;
          reasons.add(reason);
        }
      }
    }
  }
  return { spans, refused: { count, reasons } };
}

function whyUnfit(span: OtlpSpan, nowUs: number): string | undefined {
  if (!isId(span.traceId, 32)) return "a trace id must be 16 bytes, not all zero";
  if (!isId(span.spanId, 16)) return "a span id must be 8 bytes, not all zero";
  if (span.parentSpanId && span.parentSpanId.length !== 16) return "a parent's id must be 8 bytes";
  const { startTimeUnixNano = 0n, endTimeUnixNano = 0n } = span;
  if (endTimeUnixNano < startTimeUnixNano) return "a span must not end before it starts";
  if (!isTimely(micros(startTimeUnixNano), nowUs)) return "a span must have started within the last week";
  return undefined;
}

export function isId(id: string | undefined, digits: number): id is string {
  return id?.length === digits && !/^0+$/.test(id);
}

function readSpan(span: OtlpSpan, teller: Teller, scope: string): AppSpan {
  const startUs = micros(span.startTimeUnixNano);
  const parent = span.parentSpanId ?? "";
  return {
    ...teller,
    traceId: span.traceId ?? "",
    spanId: span.spanId ?? "",
    parentId: /^0*$/.test(parent) ? "" : parent,
    name: redact((span.name ?? "").slice(0, LONGEST_NAME)),
    kind: SPAN_KINDS[span.kind ?? 0] ?? "internal",
    startUs,
    durationUs: micros(span.endTimeUnixNano) - startUs,
    status: STATUSES[span.status?.code ?? 0] ?? "unset",
    message: redact((span.status?.message ?? "").slice(0, LONGEST_VALUE)),
    scope: scope.slice(0, LONGEST_NAME),
    attributes: readAttributes(span.attributes),
    events: (span.events ?? []).slice(0, MOST_EVENTS).map(({ timeUnixNano, name, attributes }) => ({
      timeUs: micros(timeUnixNano),
      name: redact((name ?? "").slice(0, LONGEST_NAME)),
      attributes: readAttributes(attributes),
    })),
  };
}
