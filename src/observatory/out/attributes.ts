// From plain values to OTLP's attributes; what is absent is left out.
import type { KeyValue } from "../../protocol/otlp/common.ts";

export function attributesOf(values: Readonly<Record<string, string | number | undefined>>): readonly KeyValue[] {
  return Object.entries(values).flatMap(([key, value]): KeyValue[] => {
    if (value === undefined || value === "") return [];
    if (typeof value === "string") return [{ key, value: { stringValue: value } }];
    return [{ key, value: Number.isInteger(value) ? { intValue: BigInt(value) } : { doubleValue: value } }];
  });
}

export function nanosOf(us: number): bigint {
  return BigInt(Math.round(us)) * 1000n;
}
