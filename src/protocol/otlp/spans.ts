// Spans out of OTLP in JSON (opentelemetry-proto, `ExportTraceServiceRequest`), as files have them: one request on a line.
// 64-bit numbers may be strings or numbers there, enumerations names or numbers.

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
  /** those that are strings */
  readonly attributes: ReadonlyMap<string, string>;
  readonly resource: ReadonlyMap<string, string>;
};

/** What is wrong with a line, in words that follow "line 7: ". */
export type Malformed = { readonly malformed: string };

const KINDS = ["internal", "internal", "server", "client", "producer", "consumer"] as const;

export function readSpans(line: string): OtlpSpan[] | Malformed {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch {
    return { malformed: "is not JSON" };
  }
  const resourceSpans = field(request, "resourceSpans");
  if (!Array.isArray(resourceSpans)) return { malformed: "has no array resourceSpans" };
  const spans: OtlpSpan[] = [];
  for (const entry of resourceSpans) {
    const resource = strings(field(field(entry, "resource"), "attributes"));
    for (const scope of list(field(entry, "scopeSpans"))) {
      for (const value of list(field(scope, "spans"))) {
        const span = readSpan(value, resource);
        if ("malformed" in span) return span;
        spans.push(span);
      }
    }
  }
  return spans;
}

function readSpan(value: unknown, resource: ReadonlyMap<string, string>): OtlpSpan | Malformed {
  const spanId = field(value, "spanId");
  if (typeof spanId !== "string" || spanId === "") return { malformed: "has a span without spanId" };
  const name = field(value, "name");
  const startUs = micros(field(value, "startTimeUnixNano"));
  const endUs = micros(field(value, "endTimeUnixNano"));
  if (startUs === undefined) return { malformed: `has span ${spanId} without startTimeUnixNano` };
  if (endUs === undefined) return { malformed: `has span ${spanId} without endTimeUnixNano` };
  if (endUs < startUs) return { malformed: `has span ${spanId} that ends before it starts` };
  const kind = kindOf(field(value, "kind"));
  if (kind === undefined) return { malformed: `has span ${spanId} with an unknown kind` };
  const traceId = field(value, "traceId");
  return {
    ...{ spanId, name: typeof name === "string" ? name : "", kind, startUs, endUs, resource },
    traceId: typeof traceId === "string" && !/^0*$/.test(traceId) ? traceId : "",
    isError: isErrorCode(field(field(value, "status"), "code")),
    attributes: strings(field(value, "attributes")),
  };
}

function kindOf(value: unknown): OtlpSpan["kind"] | undefined {
  if (value === undefined || value === "SPAN_KIND_UNSPECIFIED") return "internal";
  if (typeof value === "number") return KINDS[value];
  if (typeof value !== "string") return undefined;
  const name = value.replace("SPAN_KIND_", "").toLowerCase();
  return KINDS.find((kind) => kind === name);
}

function isErrorCode(code: unknown): boolean {
  return code === 2 || code === "STATUS_CODE_ERROR";
}

function micros(value: unknown): number | undefined {
  if (typeof value !== "number" && (typeof value !== "string" || !/^\d{1,20}$/.test(value))) return undefined;
  const nanos = Number(value);
  return Number.isFinite(nanos) && nanos >= 0 ? nanos / 1000 : undefined;
}

function strings(attributes: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const attribute of list(attributes)) {
    const key = field(attribute, "key");
    const value = field(field(attribute, "value"), "stringValue");
    if (typeof key === "string" && typeof value === "string") found.set(key, value);
  }
  return found;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
