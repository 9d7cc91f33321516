// Spans out of OTLP in JSON (opentelemetry-proto, `ExportTraceServiceRequest`), as files have them: one request on a line,
// or several, or a part of one, down to a single span. 64-bit numbers may be strings or numbers there, enumerations names or numbers,
// keys in camel or in snake case; old exporters call a scope an instrumentation library, and some write attributes as an object.

export type OtlpSpan = {
  readonly spanId: string;
  /** "" when there is none */
  readonly traceId: string;
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  /** µs since 1970; a double holds them to a quarter of one */
  readonly startUs: number;
  readonly endUs: number;
  /** its status says so */
  readonly isError: boolean;
  /** those of one value, as text */
  readonly attributes: ReadonlyMap<string, string>;
  readonly resource: ReadonlyMap<string, string>;
};

/** What is wrong with a line or a span in it, in words that follow "line 7 ". */
export type Malformed = { readonly malformed: string };

const KINDS = ["internal", "internal", "server", "client", "producer", "consumer"] as const;

/** One span that cannot be used is no reason to refuse the others. */
export function readSpans(line: string): (OtlpSpan | Malformed)[] | Malformed {
  let request: unknown;
  try {
    request = JSON.parse(line.replace(BYTE_ORDER_MARK, ""));
  } catch {
    return { malformed: "is not JSON" };
  }
  const parts = partsOf(request);
  if (!parts) return { malformed: "has no array resourceSpans" };
  return parts.flatMap(({ resource, values }) => values.map((value) => readSpan(value, resource)));
}

const BYTE_ORDER_MARK = /^\uFEFF/;

type Part = { readonly resource: ReadonlyMap<string, string>; readonly values: readonly unknown[] };

/** undefined: nothing that holds spans */
function partsOf(value: unknown): readonly Part[] | undefined {
  if (Array.isArray(value) && value.length > 0) {
    const parts = value.map(partsOf);
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  const resourceSpans = field(value, "resourceSpans");
  if (Array.isArray(resourceSpans)) return resourceSpans.map(partOf);
  if (field(value, "scopeSpans") !== undefined) return [partOf(value)];
  if (field(value, "spanId") !== undefined) return [{ resource: resourceOf(value), values: [value] }];
  return undefined;
}

function partOf(value: unknown): Part {
  const scopes = list(field(value, "scopeSpans") ?? field(value, "instrumentationLibrarySpans"));
  return { resource: resourceOf(value), values: scopes.flatMap((scope) => list(field(scope, "spans"))) };
}

function resourceOf(value: unknown): ReadonlyMap<string, string> {
  return texts(field(field(value, "resource"), "attributes"));
}

function readSpan(value: unknown, resource: ReadonlyMap<string, string>): OtlpSpan | Malformed {
  const spanId = field(value, "spanId");
  if (typeof spanId !== "string" || spanId === "") return { malformed: "has a span without spanId" };
  const name = field(value, "name");
  const startUs = micros(field(value, "startTimeUnixNano"));
  const endUs = micros(field(value, "endTimeUnixNano"));
  if (startUs === undefined) return { malformed: `has span ${spanId} without startTimeUnixNano` };
  if (endUs === undefined) return { malformed: `has span ${spanId} without endTimeUnixNano` };
  const attributes = texts(field(value, "attributes"));
  const traceId = field(value, "traceId");
  return {
    ...{ spanId, name: typeof name === "string" ? name : "", startUs, resource, attributes },
    kind: kindOf(field(value, "kind")) ?? impliedKind(attributes),
    // a clock that was set back meanwhile is no reason to refuse a recording
    endUs: Math.max(startUs, endUs),
    traceId: typeof traceId === "string" && !/^0*$/.test(traceId) ? traceId : "",
    isError: isErrorCode(field(field(value, "status"), "code")),
  };
}

/** undefined: it does not say, or nothing that is known */
function kindOf(value: unknown): OtlpSpan["kind"] | undefined {
  if (typeof value === "number") return value === 0 ? undefined : KINDS[value];
  if (typeof value !== "string") return undefined;
  if (/^\d$/.test(value)) return kindOf(Number(value));
  const name = value.toLowerCase().replace("span_kind_", "");
  return KINDS.find((kind) => kind === name);
}

/** Of a span that was converted from another format: what only callers, or only those who are called, say. */
function impliedKind(attributes: ReadonlyMap<string, string>): OtlpSpan["kind"] {
  const told = kindOf(attributes.get("span.kind"));
  if (told) return told;
  if (SERVED.some((key) => attributes.has(key))) return "server";
  if (CALLED.some((key) => attributes.has(key))) return "client";
  return "internal";
}

const SERVED = ["meshwise.peer_span_id", "http.route", "http.target", "http.server_name", "net.host.name"];
const CALLED = ["peer.service", "db.system", "http.url", "url.full"];

function isErrorCode(code: unknown): boolean {
  return code === 2 || code === "2" || code === "STATUS_CODE_ERROR";
}

function micros(value: unknown): number | undefined {
  if (typeof value !== "number" && (typeof value !== "string" || !/^\d{1,20}$/.test(value))) return undefined;
  const nanos = Number(value);
  return Number.isFinite(nanos) && nanos >= 0 ? nanos / 1000 : undefined;
}

function texts(attributes: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of pairsOf(attributes)) {
    const told = isScalar(value) ? value : VALUES.map((name) => field(value, name)).find(isScalar);
    if (typeof key === "string" && told !== undefined) found.set(key, String(told));
  }
  return found;
}

function pairsOf(attributes: unknown): (readonly [key: unknown, value: unknown])[] {
  if (Array.isArray(attributes)) return attributes.map((one) => [field(one, "key"), field(one, "value")]);
  return typeof attributes === "object" && attributes !== null ? Object.entries(attributes) : [];
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

const VALUES = ["stringValue", "intValue", "boolValue", "doubleValue"] as const;

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** @param name in camel case */
function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const known = value as Record<string, unknown>;
  return known[name] ?? known[SNAKE[name] ?? name];
}

const SNAKE: Readonly<Record<string, string>> = {
  resourceSpans: "resource_spans",
  scopeSpans: "scope_spans",
  instrumentationLibrarySpans: "instrumentation_library_spans",
  ...{ spanId: "span_id", traceId: "trace_id" },
  startTimeUnixNano: "start_time_unix_nano",
  endTimeUnixNano: "end_time_unix_nano",
  stringValue: "string_value",
  intValue: "int_value",
  boolValue: "bool_value",
  doubleValue: "double_value",
};
