// What can be said about a head that has not wholly arrived: it is refused as soon as nothing that follows could mend it,
// so that neither garbage nor an endless line waits for a time limit.
import { CR, LF, SPACE, TOKEN } from "./characters.ts";
import type { Limits, Violation } from "./types.ts";
import { nameOfCode, violation } from "./violation.ts";

/** As much of a target as is looked at; the rest is read when the head is whole. */
const PEEK = 256;
const STATUS_LINE = "HTTP/1.";

/** undefined: wait for more. `start` is behind an ignored empty line. */
export function brokenAlready(
  kind: "request" | "response",
  bytes: Buffer,
  start: number,
  end: number,
  limits: Limits,
): Violation | undefined {
  const broken = kind === "request" ? badRequestStart(bytes, start, end) : badStatusStart(bytes, start, end);
  return broken ?? badLines(bytes, start, end, limits) ?? tooLong(kind, bytes, start, end - start, limits);
}

/** The refusal of a head of `size` bytes (complete or not) beyond the limit, which names the part that is too long. */
export function tooLong(
  kind: "request" | "response",
  bytes: Buffer,
  start: number,
  size: number,
  limits: Limits,
): Violation | undefined {
  if (size <= limits.headBytes) return undefined;
  const lineEnd = bytes.indexOf(LF, start);
  if (kind === "request" && (lineEnd < 0 || lineEnd - start >= limits.headBytes)) {
    return violation(414, "RFC 9110 §15.5.15", `a request line beyond ${limits.headBytes} bytes`);
  }
  return violation(431, "RFC 6585 §5", `a head beyond ${limits.headBytes} bytes`);
}

function badRequestStart(bytes: Buffer, start: number, end: number): Violation | undefined {
  let at = start;
  while (at < end && TOKEN[bytes[at]!] === 1) at++;
  if (at === end) return undefined;
  if (at === start || bytes[at] !== SPACE) {
    return violation(400, "RFC 9110 §9.1", `${nameOfCode(bytes[at]!)} in the method`);
  }
  const stop = Math.min(end, start + PEEK);
  for (; at < stop; at++) {
    const code = bytes[at]!;
    if (code === CR) return undefined;
    if (code < SPACE || code > 0x7e) return violation(400, "RFC 9112 §3", `${nameOfCode(code)} in the request line`);
  }
  return undefined;
}

function badStatusStart(bytes: Buffer, start: number, end: number): Violation | undefined {
  for (let i = 0; i < STATUS_LINE.length && start + i < end; i++) {
    if (bytes[start + i] !== STATUS_LINE.charCodeAt(i)) {
      return violation(400, "RFC 9112 §4", "the answer does not begin with HTTP/1.");
    }
  }
  return undefined;
}

/** Every line feed must follow a carriage return; two in a row without blank line, or too many lines, are no head. */
function badLines(bytes: Buffer, start: number, end: number, limits: Limits): Violation | undefined {
  let lines = 0;
  for (let at = bytes.indexOf(LF, start); at >= 0 && at < end; at = bytes.indexOf(LF, at + 1)) {
    if (at === start || bytes[at - 1] !== CR) {
      return violation(400, "RFC 9112 §2.2", "a line feed without carriage return");
    }
    if (++lines > limits.fieldCount + 1) {
      return violation(431, "RFC 6585 §5", `more than ${limits.fieldCount} field lines`);
    }
  }
  return undefined;
}
