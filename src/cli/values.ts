// What people type as values of options.
import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `60s`, `15m`, `1h30m`, `250ms`, `2d` in ms. */
export function durationMs(text: string): number {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) {
    throw new InvalidArgumentError("Write a number with a unit, such as 60s, 15m, 1h30m or 2d.");
  }
  let sum = 0;
  for (const [, digits, , unit] of text.matchAll(/(\d+(\.\d+)?)(ms|s|m|h|d)/g)) {
    sum += Number(digits) * (UNITS[unit ?? ""] ?? 0);
  }
  if (sum <= 0) throw new InvalidArgumentError("It must be longer than nothing.");
  return sum;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Write a whole number, such as 100.");
  return Number(text);
}

/** An HTTP status or a class of them: `404`, `5xx`. */
export function statusFilter(text: string): string {
  if (!/^[1-5](\d\d|xx)$/i.test(text)) throw new InvalidArgumentError("Write a status or a class, such as 404 or 5xx.");
  return text.toLowerCase();
}

/** A point in time, `2030-01-31T12:00:00Z` or in the local zone without a zone; as UTC. */
export function timeIso(text: string): string {
  const at = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)
    ? new Date(text)
    : undefined;
  if (!at || Number.isNaN(at.getTime())) throw new InvalidArgumentError("Write a time such as 2030-01-31T12:00:00Z.");
  return at.toISOString();
}

/** A duration as the observatory's API reads it: whole seconds, `60s`. */
export function sinceParameter(ms: number): string {
  return `${Math.max(1, Math.ceil(ms / 1000))}s`;
}
