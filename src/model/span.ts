// One record per exchange (an HTTP request and its answer, a TCP connection, or a turn of one) as the proxy saw it. On one host the
// caller's worker dials the app directly, so one record yields two OpenTelemetry spans: the caller's client span and the
// callee's server span.
import type { ErrorCode } from "../base/errors/index.ts";

/** `tcp` is a connection as a whole. The last three are turns of one: a request and its answer on a connection that carries
 *  many of them; `turns` where only the change of who speaks tells them apart */
export const PROTOCOLS = ["tcp", "http/1.1", "http/1.0", "redis", "postgres", "turns"] as const;

/** Turns are requests of a kind of their own: of HTTP neither methods nor status. */
export function isTurn(protocol: number): boolean {
  return protocol > PROTOCOLS.indexOf("http/1.0");
}

/** OpenTelemetry's known methods; any other is `_OTHER` */
export const METHODS = [
  "",
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
  "QUERY",
  "_OTHER",
] as const;

export const FLAG = {
  /** the upstream connection had carried a request before */
  reused: 1,
  /** a tunnel after 101 or CONNECT */
  upgraded: 2,
  /** the caller sent a valid traceparent that we continued */
  continued: 4,
  /** came in through a published port */
  published: 8,
  /** went to an address outside the mesh */
  egress: 16,
  /** the client went away before the answer was complete */
  cancelled: 32,
  /** the path was longer than what is kept */
  pathCut: 64,
  /** a try that failed and was followed by another: no request of its own */
  attempt: 128,
  /** a fault was injected */
  injected: 256,
  /** refused by us because there was too much: shed, limited, or a breaker was open */
  shed: 512,
  /** the copy of a request, of which its caller knows nothing */
  mirrored: 1024,
  /** its time is no latency: it waits or goes on by intention, such as BLPOP */
  stream: 2048,
  /** somebody only looked whether it is well, or read counters: no request of anybody's work */
  probe: 4096,
} as const;

/** Columns of a record, in order, with their element type. Times are µs; offsets count from `startUs`. */
export const SPAN_COLUMNS = {
  /** µs since the Unix epoch at which the first byte of the request (or the connection) arrived */
  startUs: "f64",
  requestBytes: "f64",
  responseBytes: "f64",
  /** trace id, 16 bytes big-endian */
  trace0: "u32",
  trace1: "u32",
  trace2: "u32",
  trace3: "u32",
  /** span id that the caller sent in traceparent, 0 without */
  parent0: "u32",
  parent1: "u32",
  /** the client span; the server span's parent */
  client0: "u32",
  client1: "u32",
  server0: "u32",
  server1: "u32",
  /** keys of WorkloadIdentity and ServiceConfig; 0 is the outside */
  source: "u32",
  service: "u32",
  workload: "u32",
  /** key of the workload that was drawn beside `workload` and passed over; 0: there was no such draw */
  rival: "u32",
  /** HttpRule.key, 0 = none */
  rule: "u32",
  /** phases, ABSENT when not reached: head received, route chosen, connection given, connected, TLS done, request sent,
   *  first response byte, last byte in from the server, last byte out to the client (= the end) */
  head: "u32",
  routed: "u32",
  pooled: "u32",
  connected: "u32",
  secured: "u32",
  sent: "u32",
  firstByte: "u32",
  lastIn: "u32",
  end: "u32",
  /** TCP_INFO smoothed round trip of both legs in µs, ABSENT when not sampled, and retransmitted segments */
  clientRtt: "u32",
  serverRtt: "u32",
  clientRetransmits: "u32",
  serverRetransmits: "u32",
  /** keyed hashes of the visitor, and of another key of the same visitor; model/visit.ts. Nothing is in them where `visit` is 0,
   *  and `joins` counts only with its flag; neither is stored with the exchange */
  visitor0: "u32",
  visitor1: "u32",
  joins0: "u32",
  joins1: "u32",
  visit: "u32",
  /** keyed hashes of what the request carried and its service may pass on, 0 = nothing: see RequestHead, and ids of the path
   *  and values of the query. They serve to find whose call it was, and are not stored with the exchange */
  requestId: "u32",
  tracer: "u32",
  credential: "u32",
  session: "u32",
  id0: "u32",
  id1: "u32",
  id2: "u32",
  port: "u16",
  /** HTTP status, 0 without */
  status: "u16",
  flags: "u16",
  /** 1 + index into ERROR_CODES, 0 = none */
  error: "u16",
  protocol: "u8",
  method: "u8",
  /** tries up to and with this one; 0: no endpoint was ever tried */
  attempts: "u8",
  // from here on added later: a store that is there already gets them behind the others
  /** µs in which TCP waited, at most, to send segments to the server again; ABSENT when not sampled */
  serverResent: "u32",
  /** µs in which bytes of the request waited for the server to take them, and of the answer for the client, before the last
   *  one of them had come in */
  requestHeld: "u32",
  answerHeld: "u32",
} as const satisfies Record<string, "f64" | "u32" | "u16" | "u8">;

export type SpanColumn = keyof typeof SPAN_COLUMNS;

/** What a request and the calls that it causes may have in common. */
export const CONTENT_COLUMNS = ["requestId", "tracer", "credential", "session", "id0", "id1", "id2"] as const;

/** The columns that say when something was reached, in the order in which it happens. */
export const PHASES = [
  "head",
  "routed",
  "pooled",
  "connected",
  "secured",
  "sent",
  "firstByte",
  "lastIn",
  "end",
] as const;

/** An offset that was never reached. */
export const ABSENT = 0xffffffff;

/** Two strings per record. The path is without its query: no query value is ever stored. */
export type SpanText = {
  readonly path: string;
  /** name or address that was called, for what has no service: `api.example.com`, `203.0.113.7` */
  readonly authority: string;
};

/** A record by itself, for `tap`, tests and everything that is not the hot path. */
export type Span = Record<SpanColumn, number> & SpanText;

/** How an exchange ended, for counting: an answer below 500 and no error of ours or the transport. */
export function isSuccess(status: number, error: ErrorCode | undefined): boolean {
  return error === undefined && status < 500;
}
