// Which fields a route may set, add or remove. The others frame the message or belong to one connection or to the mesh: a
// route that could write them could make two requests of one.

const OURS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "proxy-status",
  "te",
  "traceparent",
  "tracestate",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-envoy-expected-rq-timeout-ms",
]);

/** @param name in any case */
export function isModifiable(name: string): boolean {
  return !OURS.has(name.toLowerCase());
}
