import { expect, test } from "bun:test";
import type { TapRow } from "../../api/types.ts";
import { tapLine } from "./exchange.ts";

const PLAIN = { wide: false, colour: false, columns: Number.POSITIVE_INFINITY };
const ROW: TapRow = {
  time: "2026-01-02T03:04:05.678Z",
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  serverSpanId: "b7ad6b7169203332",
  confidence: 0,
  source: "web",
  sourceWorkload: "web-1",
  destination: "cart",
  destinationWorkload: "cart-2",
  port: 8080,
  protocol: "http/1.1",
  method: "GET",
  path: "/cart/7",
  authority: "cart:8080",
  status: 200,
  attempts: 1,
  flags: ["reused"],
  durationUs: 1240,
  phases: { sent: 100 },
  requestBytes: 120,
  responseBytes: 2048,
};

test("an exchange says who asked whom for what, the answer and the time it took", () => {
  expect(tapLine(ROW, PLAIN).slice(13)).toBe("web-1 → cart-2:8080 GET /cart/7 200  1.2 ms reused");
});

test("a connection that is no HTTP says how much went each way", () => {
  const row: TapRow = { ...ROW, protocol: "tcp", method: "", path: "", status: 0, flags: [] };

  expect(tapLine(row, PLAIN).slice(13)).toBe("web-1 → cart-2:8080 tcp 120 B ↑ 2.0 KiB ↓ closed  1.2 ms");
});

test("a failure names its error, in words and not by colour alone", () => {
  const row: TapRow = { ...ROW, status: 502, error: "upstream_refused" };

  expect(tapLine(row, PLAIN)).toContain(" 502 upstream_refused ");
});

test("a path cannot steer the terminal", () => {
  const row: TapRow = { ...ROW, path: "/\x1b[2J" };

  expect(tapLine(row, PLAIN)).toContain("GET /\\x1b[2J ");
});
