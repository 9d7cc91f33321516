import { expect, test } from "bun:test";
import type { TraceAnswer, TraceSpan } from "../../api/types.ts";
import { traceLines } from "./trace.ts";

const PLAIN = { wide: false, colour: false, columns: Number.POSITIVE_INFINITY };

function span(spanId: string, parent: string | undefined, of: Partial<TraceSpan>): TraceSpan {
  return {
    ...{ spanId, serverSpanId: spanId, authority: "", confidence: 0.97, port: 80, protocol: "http/1.1", method: "GET" },
    ...{ source: "web", sourceWorkload: "web-1", destination: "cart", destinationWorkload: "cart-1", path: "/" },
    ...{ status: 200, attempts: 1, flags: [], durationUs: 1_000, phases: {}, requestBytes: 1, responseBytes: 1 },
    ...{ link: parent === undefined ? "root" : "inferred", depth: 0, offsetUs: 0, selfUs: 500, criticalUs: 500 },
    ...(parent !== undefined && { parent }),
    ...of,
  };
}

test("a trace is a tree, with the kinds of statements where there is no path", () => {
  const trace = {
    ...{ traceId: "ab", time: "2026-01-02T03:04:05.678Z", durationUs: 2_000, services: ["web", "cart", "postgres"] },
    ...{ failures: 0, confidence: 0.97, criticalPath: [], missing: [] },
    spans: [
      span("1", undefined, { destinationWorkload: "web-1", sourceWorkload: "", source: "outside" }),
      span("2", "1", { depth: 1, path: "/carts/7" }),
      span("3", "2", {
        depth: 2,
        destinationWorkload: "pg-1",
        method: "",
        protocol: "postgres",
        path: "SELECT stock",
        status: 0,
      }),
      span("4", "1", { depth: 1, path: "/products" }),
      span("5", "4", { depth: 2, path: "/prices" }),
    ],
    appSpans: [],
  } as unknown as TraceAnswer;

  const calls = traceLines(trace, PLAIN)
    .slice(4, 9)
    .map((line) => line.split(/\s{2,}(?=-|200)/)[0]);

  expect(calls).toEqual([
    "outside → web-1 GET /",
    "├ cart-1 GET /carts/7",
    "│ └ pg-1 postgres SELECT stock",
    "└ cart-1 GET /products",
    "  └ cart-1 GET /prices",
  ]);
});
