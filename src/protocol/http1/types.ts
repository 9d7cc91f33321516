// HTTP/1.x messages as values (RFC 9112). Parsed once, strictly; written anew from these values, so that no byte of
// framing that a peer sent ever reaches the other side.
import type { SharedValues } from "./shared-values.ts";

/** How the body's end is found (RFC 9112 §6.3). `close`: until the connection ends, responses only. */
export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "close" };

/** Field lines in the order received, names in the sender's case: [name0, value0, name1, value1, …]. Latin-1 strings. */
export type Fields = readonly string[];

/** The same as text, each field `Name: value\r\n`, checked: only a reader here and `fieldLine` make it, so it can be
 *  written as it is. */
export type FieldLines = string & { readonly checked: unique symbol };

export type RequestHead = {
  readonly method: string;
  /** the request target as received: origin, absolute, authority (CONNECT) or asterisk form */
  readonly target: string;
  /** path of the target without query, `*` for the asterisk form, empty for CONNECT */
  readonly path: string;
  /** host[:port], from an absolute target if there is one (RFC 9112 §3.2.2), else from Host; may be empty in HTTP/1.0 */
  readonly authority: string;
  readonly minor: 0 | 1;
  /** all field lines but those of the connection: Connection and what it names, Keep-Alive, Proxy-Connection,
   *  Transfer-Encoding, Content-Length, TE, Upgrade, Host, Trailer stays (RFC 9110 §7.6.1); and without traceparent, tracestate
   *  and the time limit, which are below. Made anew at each reading: the hot path uses `lines` */
  readonly fields: Fields;
  /** the fields as text; absent in a head that somebody else made: the writer then makes it from `fields` */
  readonly lines?: FieldLines;
  readonly framing: Framing;
  /** the client wants the connection kept after this exchange */
  readonly keepAlive: boolean;
  /** value of Upgrade when `Connection: upgrade` names it */
  readonly upgrade?: string | undefined;
  readonly expectContinue: boolean;
  /** `TE: trailers` was there */
  readonly acceptsTrailers: boolean;
  /** value of a single traceparent field, unvalidated */
  readonly traceparent?: string | undefined;
  /** all tracestate lines, joined; only beside a single traceparent */
  readonly tracestate?: string | undefined;
  /** the time in ms that the caller waits, X-Envoy-Expected-Rq-Timeout-Ms; it is told anew to the next one */
  readonly timeoutMs?: number | undefined;
  /** somebody says whom this was forwarded for: Forwarded, X-Forwarded-For, -Host, -Port, -Proto, -Prefix, -Server or
   *  X-Real-IP is among the fields */
  readonly hasForwarded?: boolean;
  /** User-Agent names somebody who only looks whether it is well, or reads counters: kube-probe, Prometheus, … */
  readonly isProbe?: boolean;
  /** the head as it came, in one piece, where a target in origin form stands in it, and values of fields: whoever only looks at
   *  characters saves the making of strings. Absent in a head that somebody else made */
  readonly text?: string | undefined;
  readonly targetFrom?: number;
  readonly shared?: SharedValues | undefined;
};

export type ResponseHead = {
  readonly status: number;
  readonly reason: string;
  readonly minor: 0 | 1;
  /** as in a request, but nothing about a trace is taken out */
  readonly fields: Fields;
  readonly lines?: FieldLines;
  readonly framing: Framing;
  /** Content-Length of an answer that has no body: to HEAD, or 304. It is passed on, and frames nothing */
  readonly announcedBytes?: number | undefined;
  /** the server will keep the connection after this exchange */
  readonly keepAlive: boolean;
  readonly upgrade?: string | undefined;
  /** the head as it came, and where in it values stand, see placeOf; 0: it has none. Absent in a head that somebody else made */
  readonly text?: string;
  readonly contentType?: number;
  readonly cacheControl?: number;
  /** it sets a cookie or names a Location */
  readonly hasCookieOrLocation?: boolean;
};

export type Limits = {
  /** bytes of start line and fields together */
  readonly headBytes: number;
  readonly fieldCount: number;
  readonly trailerBytes: number;
};

/** What is wrong with a message; `rule` names the sentence of the RFC it breaks. */
export type Violation = {
  /** HTTP status that fits: 400, 414, 431, 501, 505 */
  readonly status: 400 | 414 | 431 | 501 | 505;
  readonly rule: string;
  readonly detail: string;
};

/** Result of looking for a head at the start of `bytes`. `length`: bytes consumed, the blank line included. */
export type HeadResult<Head> =
  | { readonly kind: "head"; readonly head: Head; readonly length: number }
  | { readonly kind: "incomplete" }
  | { readonly kind: "violation"; readonly violation: Violation };

export type BodyReader = {
  /** `open`: more is to come; `done`: the message ended; `broken`: see `violation`, the connection is of no more use */
  readonly state: "open" | "done" | "broken";
  readonly violation: Violation | undefined;
  /** checked trailer fields, empty before the end and mostly after it */
  readonly trailers: FieldLines;
  /**
   * Reads `bytes[offset, end)` and calls `content(from, to)` for each piece of content, as offsets into `bytes`. Returns
   * the offset behind what belongs to this message: less than `end` only when it is `done` (the rest is the next message)
   * or `broken`.
   */
  read(bytes: Buffer, offset: number, end: number, content: (from: number, to: number) => void): number;
  /** The connection's reading side ended: is that the body's end? After it, `state` is never `open`. */
  finish(): void;
};
