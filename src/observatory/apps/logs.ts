// Log records that applications send by OTLP.
import type { LogRecord, Logs } from "../../protocol/otlp/log-messages.ts";
import { type Attributes, readAttributes, textOf } from "./attributes.ts";
import { isTimely, micros, type Refused, type Teller, tellerOf } from "./resource.ts";
import { isId } from "./spans.ts";

export type AppLog = Teller & {
  /** µs since 1970 at which it happened, or else was seen */
  readonly timeUs: number;
  /** OpenTelemetry's severity, 1 … 24; 0: not told */
  readonly severity: number;
  readonly text: string;
  /** 32 hex digits, "" without */
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
};

/** OpenTelemetry's, each of four severities */
export const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
const LONGEST_TEXT = 8_192;

export function readAppLogs(logs: Logs, nowUs: number): { readonly logs: AppLog[]; readonly refused: Refused } {
  const read: AppLog[] = [];
  const reasons = new Set<string>();
  let count = 0;
  for (const { resource, scopeLogs } of logs.resourceLogs ?? []) {
    const teller = tellerOf(resource);
    for (const { logRecords } of scopeLogs ?? []) {
      for (const record of logRecords ?? []) {
        const timeUs = micros(record.timeUnixNano) || micros(record.observedTimeUnixNano) || nowUs;
        if (isTimely(timeUs, nowUs)) read.push(readLog(record, teller, timeUs));
        else {
          count++;
          reasons.add("a log record must be of the last week");
        }
      }
    }
  }
  return { logs: read, refused: { count, reasons } };
}

function readLog(record: LogRecord, teller: Teller, timeUs: number): AppLog {
  const severity = record.severityNumber ?? 0;
  return {
    ...teller,
    timeUs,
    severity: severity >= 0 && severity <= 24 ? severity : 0,
    text: textOf(record.body, LONGEST_TEXT) || (record.eventName ?? "").slice(0, 256),
    traceId: isId(record.traceId, 32) ? record.traceId : "",
    spanId: isId(record.spanId, 16) ? record.spanId : "",
    attributes: readAttributes(record.attributes),
  };
}

export type LogFilter = {
  readonly fromUs: number;
  readonly toUs: number;
  /** undefined: any */
  readonly service?: string;
  readonly trace?: TraceIds;
  readonly limit: number;
};

/** Until it is known whose call it was, a call has a trace id that ends with its client span's id; its service is told that. */
export type TraceIds = { readonly id: string; readonly calls: readonly string[] };

export function isOfTrace(traceId: string, { id, calls }: TraceIds): boolean {
  return traceId === id || (traceId !== "" && calls.includes(traceId.slice(16)));
}
