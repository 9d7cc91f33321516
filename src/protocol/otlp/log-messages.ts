// Logs (opentelemetry-proto, logs/v1).
import { many, message, one, scalar } from "../protobuf/message.ts";
import { ANY_VALUE, KEY_VALUE, RESOURCE, SCOPE } from "./common.ts";

const LOG_RECORD = message({
  timeUnixNano: scalar(1, "fixed64"),
  severityNumber: scalar(2, "enum"),
  severityText: scalar(3, "string"),
  body: one(5, () => ANY_VALUE),
  attributes: many(6, () => KEY_VALUE),
  droppedAttributesCount: scalar(7, "uint32"),
  flags: scalar(8, "fixed32"),
  traceId: scalar(9, "hex"),
  spanId: scalar(10, "hex"),
  observedTimeUnixNano: scalar(11, "fixed64"),
  eventName: scalar(12, "string"),
});

const SCOPE_LOGS = message({
  scope: one(1, () => SCOPE),
  logRecords: many(2, () => LOG_RECORD),
  schemaUrl: scalar(3, "string"),
});

const RESOURCE_LOGS = message({
  resource: one(1, () => RESOURCE),
  scopeLogs: many(2, () => SCOPE_LOGS),
  schemaUrl: scalar(3, "string"),
});

/** ExportLogsServiceRequest */
export const LOGS = message({ resourceLogs: many(1, () => RESOURCE_LOGS) });

export type Logs = NonNullable<(typeof LOGS)["value"]>;
export type LogRecord = NonNullable<(typeof LOG_RECORD)["value"]>;
