// Reads the parameters of a question, strictly: a misspelt filter must not silently show everything.
import { ERROR_CODES, MeshError } from "../base/errors/index.ts";
import { METHODS } from "../model/span.ts";
import type { TapFilter } from "../observatory/query/condition.ts";
import type { Window } from "../observatory/query/figures.ts";

const UNITS_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const DEFAULT_SINCE_US = 60e6;

/** @throws MeshError question_invalid that names the first parameter that is not in `known` */
export function onlyKnown(parameters: URLSearchParams, known: readonly string[]): void {
  for (const name of parameters.keys()) {
    if (!known.includes(name)) throw invalid(`there is no parameter ${name}; there are ${known.join(", ")}`);
    if (parameters.getAll(name).length > 1) throw invalid(`${name} is given twice`);
  }
}

export const WINDOW = ["since", "from", "to"] as const;

/** `since=60s`, or `from` and `to` (RFC 3339); the last 60 s when nothing is said. */
export function readWindow(parameters: URLSearchParams, nowUs: number): Window {
  return windowIn(parameters, nowUs) ?? { fromUs: nowUs - DEFAULT_SINCE_US, toUs: nowUs };
}

function windowIn(parameters: URLSearchParams, nowUs: number): Window | undefined {
  const since = parameters.get("since");
  const from = parameters.get("from");
  const to = parameters.get("to");
  if (since === null && from === null && to === null) return undefined;
  if (since !== null && from !== null) throw invalid("since and from exclude each other");
  const toUs = to === null ? nowUs : readTime("to", to);
  const fromUs =
    from === null ? toUs - (since === null ? DEFAULT_SINCE_US : readDuration("since", since)) : readTime("from", from);
  if (fromUs >= toUs) throw invalid("the window is empty: from must be before to");
  return { fromUs, toUs };
}

export const FILTERS = [
  "service",
  "source",
  "destination",
  "method",
  "path",
  "status",
  "error",
  "min-duration",
] as const;

export function readFilter(parameters: URLSearchParams, nowUs: number): TapFilter {
  const window = windowIn(parameters, nowUs);
  const text = (name: string) => parameters.get(name) ?? undefined;
  const status = text("status");
  const duration = text("min-duration");
  const filter: { -readonly [K in keyof TapFilter]?: TapFilter[K] | undefined } = {
    service: text("service"),
    source: text("source"),
    destination: text("destination"),
    method: readMethod(text("method")),
    pathPrefix: text("path"),
    status: status === undefined ? undefined : readStatus(status),
    error: readError(text("error")),
    minDurationUs: duration === undefined ? undefined : readDuration("min-duration", duration),
    ...window,
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

export function readCount(parameters: URLSearchParams, name: string, most: number): number | undefined {
  const text = parameters.get(name);
  if (text === null) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) throw invalid(`${name} must be a number from 1 to ${most}, not ${text}`);
  return value;
}

export function readFlag(parameters: URLSearchParams, name: string): boolean {
  const text = parameters.get(name);
  if (text === null || text === "0" || text === "false") return false;
  if (text === "" || text === "1" || text === "true") return true;
  throw invalid(`${name} must be 1 or 0, not ${text}`);
}

/** `250ms`, `60s`, `5m`, `2h`, `7d` in µs */
function readDuration(name: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|h|d)$/.exec(text);
  const unit = match?.[2] ?? "";
  const us = Number(match?.[1]) * ({ us: 1, ms: 1e3 }[unit] ?? (UNITS_S[unit] ?? 0) * 1e6);
  if (!match || !Number.isFinite(us)) throw invalid(`${name} must be a duration such as 60s, 5m or 250ms, not ${text}`);
  return us;
}

function readTime(name: string, text: string): number {
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isFinite(ms)) throw invalid(`${name} must be a time such as 2030-01-31T12:00:00Z, not ${text}`);
  return ms * 1000;
}

function readMethod(text: string | undefined): string | undefined {
  const method = text?.toUpperCase();
  if (method === undefined || (METHODS as readonly string[]).includes(method)) return method;
  throw invalid(`method must be one of ${METHODS.filter(Boolean).join(", ")}, not ${text}`);
}

function readStatus(text: string): readonly [number, number] {
  if (/^[1-5]xx$/i.test(text)) return [Number(text[0]) * 100, Number(text[0]) * 100 + 99];
  if (/^[1-5]\d\d$/.test(text)) return [Number(text), Number(text)];
  throw invalid(`status must be such as 404 or 5xx, not ${text}`);
}

function readError(text: string | undefined): string | undefined {
  if (text === undefined || text === "any" || (ERROR_CODES as readonly string[]).includes(text)) return text;
  throw invalid(`error must be any or a code from docs/errors.md, not ${text}`);
}

function invalid(detail: string): MeshError {
  return new MeshError("question_invalid", detail);
}
