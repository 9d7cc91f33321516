// The figures of a list of spans, computed the slow and obvious way.
import { ERROR_CODES } from "../../src/base/errors/index.ts";
import { isSuccess, PROTOCOLS, type Span } from "../../src/model/span.ts";
import { SERVICES } from "./telemetry.ts";

export function sourceOf(span: Span): string {
  return span.source === 0 ? "outside" : (SERVICES[span.source - 11] as string);
}

export function destinationOf(span: Span): string {
  return span.service === 0 ? (span.authority.split(":")[0] as string) : (SERVICES[span.service - 1] as string);
}

export function edgeOf(span: Span): string {
  return [sourceOf(span), destinationOf(span), span.port, PROTOCOLS[span.protocol]].join(" ");
}

export function truth(spans: readonly Span[]) {
  const requests = spans.filter((span) => PROTOCOLS[span.protocol] !== "tcp");
  const durations = requests.map((span) => span.end / 1000).sort((a, b) => a - b);
  const at = (q: number) => durations[Math.floor(q * (durations.length - 1))];
  const failures = spans.filter((span) => !isSuccess(span.status, ERROR_CODES[span.error - 1])).length;
  return {
    requests: spans.length,
    failures,
    requestBytes: spans.reduce((sum, span) => sum + span.requestBytes, 0),
    responseBytes: spans.reduce((sum, span) => sum + span.responseBytes, 0),
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
  };
}

export function groups(spans: readonly Span[], name: (span: Span) => string): Map<string, Span[]> {
  const found = new Map<string, Span[]>();
  for (const span of spans) found.set(name(span), [...(found.get(name(span)) ?? []), span]);
  return found;
}

type Figures = { requests: number; failures: number; requestBytes: number; responseBytes: number } & {
  p50?: number;
  p95?: number;
  p99?: number;
};

/** Counts must be equal, latencies within the sketch's one per cent. Returns what differs. */
export function differences(found: Figures, spans: readonly Span[]): string[] {
  const expected = truth(spans);
  const wrong: string[] = [];
  for (const name of ["requests", "failures", "requestBytes", "responseBytes"] as const) {
    if (found[name] !== expected[name]) wrong.push(`${name}: ${found[name]}, expected ${expected[name]}`);
  }
  for (const name of ["p50", "p95", "p99"] as const) {
    const value = found[name];
    const wanted = expected[name];
    const isClose = wanted !== undefined && value !== undefined && Math.abs(value - wanted) <= wanted * 0.0101;
    if (!isClose && value !== wanted) wrong.push(`${name}: ${value}, expected ${wanted}`);
  }
  return wrong;
}
