// Trailer fields (RFC 9110 §6.5): read with the same strictness as a head's.

import { withoutNamed } from "./connection.ts";
import { allLines, nothingFound, scanFields } from "./fields.ts";
import type { FieldLines, Limits, Violation } from "./types.ts";
import { violation } from "./violation.ts";

/** Refused, because a reader that merges trailers into the head would frame or route the message by them. */
const FRAMES = "a trailer field that frames or routes the message";

/** Dropped: they steer the connection, the request's handling, authentication or how the content is read, and come too
 *  late for that (RFC 9110 §6.5.1). The scan drops Connection, Keep-Alive, Proxy-Connection, TE, Upgrade, traceparent and
 *  tracestate itself. */
const TOO_LATE = [
  "trailer",
  "expect",
  "max-forwards",
  "cache-control",
  "authorization",
  "proxy-authorization",
  "www-authenticate",
  "proxy-authenticate",
  "cookie",
  "set-cookie",
  "content-type",
  "content-encoding",
  "content-range",
  "range",
];

/** @param text the section's lines, each with its CRLF, without the empty one */
export function readTrailers(text: string, limits: Limits): FieldLines | Violation {
  const found = nothingFound();
  const broken = scanFields(Buffer.from(text, "latin1"), 0, text, 0, limits.fieldCount, found);
  if (broken) return broken;
  if (found.contentLengthCount + found.transferEncodingCount + found.hostCount > 0) {
    return violation(400, "RFC 9110 §6.5.1", FRAMES);
  }
  const lines = allLines(found);
  return lines === "" ? lines : withoutNamed(lines, TOO_LATE);
}
