// Who says it: the resource of OTLP, as far as it names somebody.

import type { KeyValue } from "../../protocol/otlp/common.ts";
import { type Attributes, readAttributes, stringAt } from "./attributes.ts";

export type Teller = {
  /** service.name; `unknown_service` without, as OpenTelemetry has it */
  readonly service: string;
  readonly namespace: string;
  /** service.instance.id, "" without */
  readonly instance: string;
};

export function tellerOf(resource: { readonly attributes?: readonly KeyValue[] } | undefined): Teller {
  const attributes: Attributes = readAttributes(resource?.attributes);
  return {
    service: stringAt(attributes, "service.name") || "unknown_service",
    namespace: stringAt(attributes, "service.namespace"),
    instance: stringAt(attributes, "service.instance.id"),
  };
}

/** How much of a request was not taken, and why: what OTLP calls partial success. */
export type Refused = { readonly count: number; readonly reasons: ReadonlySet<string> };

const PAST_US = 7 * 86_400e6;
const FUTURE_US = 3_600e6;

/** Is it a time that can be kept? A clock may be wrong, but not by a week. */
export function isTimely(us: number, nowUs: number): boolean {
  return us >= nowUs - PAST_US && us <= nowUs + FUTURE_US;
}

/** A double holds µs since 1970 to a quarter of one. */
export function micros(nanos: bigint | undefined): number {
  return Number((nanos ?? 0n) / 1000n);
}
