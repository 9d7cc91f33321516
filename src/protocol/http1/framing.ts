// How long a message's body is (RFC 9112 §6). Two opinions about it are request smuggling, so everything that two
// readers could take differently is refused.
import { spells } from "./characters.ts";
import type { Found } from "./fields.ts";
import type { Framing, Violation } from "./types.ts";
import { violation } from "./violation.ts";

export const NO_BODY: Framing = { kind: "none" };
export const CHUNKED: Framing = { kind: "chunked" };
export const UNTIL_CLOSE: Framing = { kind: "close" };
const EMPTY: Framing = { kind: "length", bytes: 0 };

/** What Transfer-Encoding and Content-Length say; undefined when neither is there. */
export function declaredFraming(found: Found, minor: 0 | 1): Framing | Violation | undefined {
  if (found.transferEncodingCount > 0) return transferCoding(found, minor);
  if (found.contentLengthCount === 0) return undefined;
  if (found.contentLengthCount > 1) return violation(400, "RFC 9112 §6.3", "Content-Length more than once");
  const bytes = found.contentLength;
  if (bytes < 0) return violation(400, "RFC 9110 §8.6", "Content-Length is not a number of bytes");
  return bytes === 0 ? EMPTY : { kind: "length", bytes };
}

export function isViolation(value: Framing | Violation | undefined): value is Violation {
  return value !== undefined && "rule" in value;
}

function transferCoding(found: Found, minor: 0 | 1): Framing | Violation {
  if (minor === 0) return violation(400, "RFC 9112 §6.1", "Transfer-Encoding in an HTTP/1.0 message");
  if (found.contentLengthCount > 0) return violation(400, "RFC 9112 §6.1", "Content-Length and Transfer-Encoding");
  if (found.transferEncodingCount > 1) return violation(400, "RFC 9112 §6.1", "Transfer-Encoding more than once");
  const coding = found.transferEncoding;
  if (coding === "chunked") return CHUNKED;
  // Codings are case-insensitive (RFC 9112 §7).
  if (coding.length === 7 && spells(coding, 0, "chunked")) return CHUNKED;
  return violation(501, "RFC 9112 §6.1", "a Transfer-Encoding other than chunked");
}
