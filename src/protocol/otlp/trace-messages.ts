// Traces (opentelemetry-proto, trace/v1).
import { many, message, one, scalar } from "../protobuf/message.ts";
import { KEY_VALUE, RESOURCE, SCOPE } from "./common.ts";

const EVENT = message({
  timeUnixNano: scalar(1, "fixed64"),
  name: scalar(2, "string"),
  attributes: many(3, () => KEY_VALUE),
  droppedAttributesCount: scalar(4, "uint32"),
});

const LINK = message({
  traceId: scalar(1, "hex"),
  spanId: scalar(2, "hex"),
  traceState: scalar(3, "string"),
  attributes: many(4, () => KEY_VALUE),
  droppedAttributesCount: scalar(5, "uint32"),
  flags: scalar(6, "fixed32"),
});

const STATUS = message({ message: scalar(2, "string"), code: scalar(3, "enum") });

const SPAN = message({
  traceId: scalar(1, "hex"),
  spanId: scalar(2, "hex"),
  traceState: scalar(3, "string"),
  parentSpanId: scalar(4, "hex"),
  name: scalar(5, "string"),
  kind: scalar(6, "enum"),
  startTimeUnixNano: scalar(7, "fixed64"),
  endTimeUnixNano: scalar(8, "fixed64"),
  attributes: many(9, () => KEY_VALUE),
  droppedAttributesCount: scalar(10, "uint32"),
  events: many(11, () => EVENT),
  droppedEventsCount: scalar(12, "uint32"),
  links: many(13, () => LINK),
  droppedLinksCount: scalar(14, "uint32"),
  status: one(15, () => STATUS),
  flags: scalar(16, "fixed32"),
});

const SCOPE_SPANS = message({
  scope: one(1, () => SCOPE),
  spans: many(2, () => SPAN),
  schemaUrl: scalar(3, "string"),
});

const RESOURCE_SPANS = message({
  resource: one(1, () => RESOURCE),
  scopeSpans: many(2, () => SCOPE_SPANS),
  schemaUrl: scalar(3, "string"),
});

/** ExportTraceServiceRequest */
export const TRACES = message({ resourceSpans: many(1, () => RESOURCE_SPANS) });

export type Traces = NonNullable<(typeof TRACES)["value"]>;
export type OtlpSpan = NonNullable<(typeof SPAN)["value"]>;

export const SPAN_KINDS = ["internal", "internal", "server", "client", "producer", "consumer"] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];
