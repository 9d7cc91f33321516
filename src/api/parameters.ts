// The parameters of questions, read strictly: a misspelt filter must not silently show everything. Each is declared once,
// for reading and for the OpenAPI document.
import { z } from "@hono/zod-openapi";
import { ERROR_CODES, MeshError } from "../base/errors/index.ts";
import { METHODS } from "../model/span.ts";
import type { TapFilter } from "../observatory/query/condition.ts";
import type { Window } from "../observatory/query/figures.ts";

const UNITS_US: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3_600e6, d: 86_400e6 };
const DEFAULT_SINCE_US = 60e6;

export const windowFields = {
  since: parameter("how far back to look; 60s when nothing is said", "5m", (text) => readDuration("since", text)),
  from: parameter("begin, RFC 3339", "2030-01-31T12:00:00Z", (text) => readTime("from", text)),
  to: parameter("end, RFC 3339; now when not given", "2030-01-31T13:00:00Z", (text) => readTime("to", text)),
};

type WindowQuery = {
  readonly since?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

/** The last 60 s when nothing is said. */
export function windowOf(query: WindowQuery, nowUs: number): Window {
  return givenWindow(query, nowUs) ?? { fromUs: nowUs - DEFAULT_SINCE_US, toUs: nowUs };
}

/** undefined: nothing is said */
export function givenWindow({ since, from, to }: WindowQuery, nowUs: number): Window | undefined {
  if (since === undefined && from === undefined && to === undefined) return undefined;
  if (since !== undefined && from !== undefined) throw invalid("since and from exclude each other");
  const toUs = to ?? nowUs;
  const fromUs = from ?? toUs - (since ?? DEFAULT_SINCE_US);
  if (fromUs >= toUs) throw invalid("the window is empty: from must be before to");
  return { fromUs, toUs };
}

/** Of figures: probes and scrapes are left out unless it is said. */
export const probesField = {
  probes: flagParameter("probes", "count probes and scrapes too: health checks, kube-probe, Prometheus, …"),
};

export const service = (description: string) => parameter(description, "cart", (text) => text);

export const filterFields = {
  service: service("on either side"),
  source: service("who asked; `outside` for published ports"),
  destination: service("who was asked"),
  method: parameter("HTTP method", "GET", readMethod),
  path: parameter("begin of the path", "/cart", (text) => text),
  route: parameter("a route as /routes tells it", "GET /cart/{id}", (text) => text),
  status: parameter("HTTP status or class", "5xx", readStatus),
  error: parameter("a code from docs/errors.md, or `any`", "any", readError),
  "min-duration": parameter("took at least so long", "250ms", (text) => readDuration("min-duration", text)),
};

const filterQuery = z.object({ ...windowFields, ...filterFields });

export function filterOf(query: z.infer<typeof filterQuery>, nowUs: number): TapFilter {
  const filter: { -readonly [K in keyof TapFilter]?: TapFilter[K] | undefined } = {
    service: query.service,
    source: query.source,
    destination: query.destination,
    method: query.method,
    pathPrefix: query.path,
    route: query.route,
    status: query.status,
    error: query.error,
    minDurationUs: query["min-duration"],
    ...givenWindow(query, nowUs),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/** A whole number from `least` to `most`. */
export function countParameter(name: string, description: string, { least, most }: { least: number; most: number }) {
  return parameter(description, String(Math.min(most, Math.max(least, 10))), (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw invalid(`${name} must be a number from ${least} to ${most}, not ${text}`);
    }
    return value;
  });
}

export function flagParameter(name: string, description: string) {
  return parameter(description, "1", (text) => {
    if (text === "0" || text === "false") return false;
    if (text === "" || text === "1" || text === "true") return true;
    throw invalid(`${name} must be 1 or 0, not ${text}`);
  });
}

export const step = parameter(
  "length of a step, whole seconds or more; few enough steps when not given",
  "10s",
  (text) => {
    const us = readDuration("step", text);
    if (us < 1e6 || us % 1e6 !== 0) throw invalid(`step must be whole seconds, such as 10s or 5m, not ${text}`);
    return us / 1e6;
  },
);

/** May be left out. What `read` throws refuses the question. */
export function parameter<Value>(description: string, example: string, read: (text: string) => Value) {
  return z.string().transform(read).optional().openapi({ param: { description }, type: "string", example });
}

/** The refusal of what the schema itself found: names nobody knows, and names given twice. */
export function refusedParameters(error: z.ZodError, known: readonly string[]): MeshError {
  const issue = error.issues[0];
  if (issue?.code === "unrecognized_keys") {
    const there = known.length > 0 ? `there are ${known.join(", ")}` : "there are none";
    return invalid(`there is no parameter ${issue.keys[0]}; ${there}`);
  }
  const name = issue?.path.join(".") ?? "a parameter";
  return invalid(
    issue?.code === "invalid_type" ? `${name} is given twice or not at all` : `${name}: ${issue?.message}`,
  );
}

/** `250ms`, `60s`, `5m`, `2h`, `7d` in µs */
export function readDuration(name: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|h|d)$/.exec(text);
  const us = Number(match?.[1]) * (UNITS_US[match?.[2] ?? ""] ?? Number.NaN);
  if (!Number.isFinite(us)) throw invalid(`${name} must be a duration such as 60s, 5m or 250ms, not ${text}`);
  return us;
}

/** One of these words. */
export function oneOf<const Value extends string>(name: string, values: readonly Value[]): (text: string) => Value {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found) return found;
    throw invalid(`${name} must be one of ${values.join(", ")}, not ${text}`);
  };
}

function readTime(name: string, text: string): number {
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isFinite(ms)) throw invalid(`${name} must be a time such as 2030-01-31T12:00:00Z, not ${text}`);
  return ms * 1000;
}

function readMethod(text: string): string {
  const method = text.toUpperCase();
  if ((METHODS as readonly string[]).includes(method)) return method;
  throw invalid(`method must be one of ${METHODS.filter(Boolean).join(", ")}, not ${text}`);
}

function readStatus(text: string): readonly [number, number] {
  if (/^[1-5]xx$/i.test(text)) return [Number(text[0]) * 100, Number(text[0]) * 100 + 99];
  if (/^[1-5]\d\d$/.test(text)) return [Number(text), Number(text)];
  throw invalid(`status must be such as 404 or 5xx, not ${text}`);
}

function readError(text: string): string {
  if (text === "any" || (ERROR_CODES as readonly string[]).includes(text)) return text;
  throw invalid(`error must be any or a code from docs/errors.md, not ${text}`);
}

export function invalid(detail: string): MeshError {
  return new MeshError("question_invalid", detail);
}
