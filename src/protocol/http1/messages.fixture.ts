// Whole messages in, one verdict out, for the tables of messages that must be refused or read.
import { bodyReader } from "./body.ts";
import { parseRequestHead } from "./request.ts";
import { parseResponseHead } from "./response.ts";
import type { HeadResult, Limits, RequestHead, ResponseHead } from "./types.ts";

export const LIMITS: Limits = { headBytes: 8192, fieldCount: 64, trailerBytes: 1024 };

export type Verdict<Head> =
  | {
      readonly kind: "read";
      readonly head: Head;
      readonly body: string;
      readonly trailers: string;
      /** what follows the message */
      readonly rest: string;
    }
  | { readonly kind: "refused"; readonly status: number; readonly rule: string; readonly detail: string }
  | { readonly kind: "incomplete" };

/** Reads one request that arrives in pieces; `cuts` are the offsets between them. */
export function readRequest(bytes: Buffer, cuts: readonly number[] = []): Verdict<RequestHead> {
  return readMessage(bytes, cuts, parseRequestHead);
}

/** The same for an answer to `method`; the connection ends behind the last byte. */
export function readResponse(bytes: Buffer, cuts: readonly number[] = [], method = "GET"): Verdict<ResponseHead> {
  return readMessage(bytes, cuts, (...input) => parseResponseHead(...input, { method }));
}

function readMessage<Head extends RequestHead | ResponseHead>(
  bytes: Buffer,
  cuts: readonly number[],
  parse: (bytes: Buffer, offset: number, end: number, limits: Limits) => HeadResult<Head>,
): Verdict<Head> {
  const ends = [...cuts, bytes.length];
  let result: HeadResult<Head> = { kind: "incomplete" };
  let next = 0;
  while (result.kind === "incomplete" && next < ends.length) {
    // A copy with foreign bytes behind the end, as a reused receive buffer has them.
    const end = ends[next++]!;
    result = parse(Buffer.concat([bytes.subarray(0, end), Buffer.from("\r\n\r\n")]), 0, end, LIMITS);
  }
  if (result.kind === "incomplete") return result;
  if (result.kind === "violation") return { ...result.violation, kind: "refused" };

  const { head, length } = result;
  const reader = bodyReader(head.framing, LIMITS);
  let body = "";
  let at = length;
  for (const end of ends.slice(next - 1)) {
    if (reader.state !== "open") break;
    at = reader.read(bytes, at, end, (from, to) => {
      body += bytes.toString("latin1", from, to);
    });
  }
  if (reader.state === "open" && "status" in head) reader.finish();
  if (reader.state === "open") return { kind: "incomplete" };
  if (reader.violation) return { ...reader.violation, kind: "refused" };
  return { kind: "read", head, body, trailers: reader.trailers, rest: bytes.toString("latin1", at) };
}

export function everyCut(bytes: Buffer): number[] {
  return Array.from({ length: Math.max(0, bytes.length - 1) }, (_, index) => index + 1);
}
