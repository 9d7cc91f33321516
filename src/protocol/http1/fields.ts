// Field lines (RFC 9112 §5): the scan that a head's cost consists of. One pass over the text checks every character,
// picks out the fields that concern the connection or us, and keeps the others as text that can be written as it is.
import { COLON, CR, LF, SPACE, spells, TAB, TOKEN, VALUE } from "./characters.ts";
import { joinLines } from "./lines.ts";
import { isProber } from "./prober.ts";
import { noSharedValues, placeOf, type SharedValues } from "./shared-values.ts";
import type { FieldLines, Violation } from "./types.ts";
import { nameOfCode, violation } from "./violation.ts";

/** What a scan found. Values that came in several lines are joined by ", " (RFC 9110 §5.3); `…Count` says how many. */
export type Found = {
  /** the other fields, each `Name: value\r\n`: checked, so that it can be written without looking at it again. In two pieces,
   *  the second of which is one piece of the text: joined they are a new string, which is made only for those who ask */
  lines: FieldLines;
  tail: FieldLines;
  /** where `lines` begins, counted from the first field, when it is the whole rest of the text as it came; else -1 */
  linesFrom: number;
  /** of a request, see there; `isOpeningAll`: with all `lines` */
  opening: string | undefined;
  isOpeningAll: boolean;
  host: string;
  hostCount: number;
  /** bytes; -1: not a number that anyone counts with */
  contentLength: number;
  contentLengthCount: number;
  transferEncoding: string;
  transferEncodingCount: number;
  connection: string;
  upgrade: string;
  te: string;
  expect: string;
  traceparent: string;
  traceparentCount: number;
  tracestate: string;
  /** ms, of X-Envoy-Expected-Rq-Timeout-Ms; -1: there is none that is a number */
  timeoutMs: number;
  /** Forwarded, X-Forwarded-… or X-Real-IP is among `lines` */
  hasForwarded: boolean;
  /** User-Agent, which is among `lines`, names a known prober */
  isProbe: boolean;
  /** of fields that are among `lines` */
  shared: SharedValues | undefined;
  /** places, see `placeOf`, of values that an answer has among `lines`, the last of each; 0: it was not there */
  contentType: number;
  cacheControl: number;
  /** Set-Cookie or Location is among `lines` */
  hasCookieOrLocation: boolean;
};

const NO_LINES = "" as FieldLines;

/** One for all heads: what is made of a head takes what it needs before the next one is read. */
const reused = makeFound();

export function nothingFound(found = reused): Found {
  found.lines = NO_LINES;
  found.tail = NO_LINES;
  found.linesFrom = -1;
  found.opening = undefined;
  found.isOpeningAll = false;
  found.host = "";
  found.hostCount = 0;
  found.contentLength = -1;
  found.contentLengthCount = 0;
  found.transferEncoding = "";
  found.transferEncodingCount = 0;
  found.connection = "";
  found.upgrade = "";
  found.te = "";
  found.expect = "";
  found.traceparent = "";
  found.traceparentCount = 0;
  found.tracestate = "";
  found.timeoutMs = -1;
  found.hasForwarded = false;
  found.isProbe = false;
  found.shared = undefined;
  found.contentType = 0;
  found.cacheControl = 0;
  found.hasCookieOrLocation = false;
  return found;
}

export function makeFound(): Found {
  return {
    lines: NO_LINES,
    tail: NO_LINES,
    linesFrom: -1,
    opening: undefined,
    isOpeningAll: false,
    host: "",
    hostCount: 0,
    contentLength: -1,
    contentLengthCount: 0,
    transferEncoding: "",
    transferEncodingCount: 0,
    connection: "",
    upgrade: "",
    te: "",
    expect: "",
    traceparent: "",
    traceparentCount: 0,
    tracestate: "",
    timeoutMs: -1,
    hasForwarded: false,
    isProbe: false,
    shared: undefined,
    contentType: 0,
    cacheControl: 0,
    hasCookieOrLocation: false,
  };
}

/**
 * Reads field lines from `from` to the end of `text`; the last one ends with CRLF too. `bytes[base, …)` is the same text:
 * characters are looked at there, which costs three quarters of looking at a string's.
 * Lines written in the usual way (`Name: value`) are taken over in runs: one slice for many fields.
 */
export function scanFields(
  bytes: Uint8Array,
  base: number,
  text: string,
  from: number,
  maxCount: number,
  found: Found,
): Violation | undefined {
  const end = base + text.length;
  let at = base + from;
  let runStart = from;
  let lines = "";
  let count = 0;

  while (at < end) {
    const start = at - base;
    let code = bytes[at]!;
    while (TOKEN[code] === 1) code = bytes[++at]!;
    const nameEnd = at - base;
    if (code !== COLON || nameEnd === start) return badName(text, start, nameEnd, from);
    if (++count > maxCount) return violation(431, "RFC 6585 §5", `more than ${maxCount} field lines`);

    code = bytes[++at]!;
    while (code === SPACE || code === TAB) code = bytes[++at]!;
    const valueStart = at - base;
    while (VALUE[code] === 1) code = bytes[++at]!;
    if (code !== CR || bytes[at + 1] !== LF) return badValue(text, start, nameEnd, code);
    const lineEnd = at - base;
    let valueEnd = lineEnd;
    if (valueEnd > valueStart) {
      code = bytes[at - 1]!;
      while (code === SPACE || code === TAB) code = bytes[base + --valueEnd - 1]!;
    }
    at += 2;

    if (isOurs(text, start, nameEnd, valueStart, valueEnd, found)) {
      if (runStart < start) lines += text.slice(runStart, start);
      runStart = lineEnd + 2;
    } else if (valueStart !== nameEnd + 2 || valueEnd !== lineEnd || bytes[base + nameEnd + 1] !== SPACE) {
      lines += `${text.slice(runStart, nameEnd)}: ${text.slice(valueStart, valueEnd)}\r\n`;
      runStart = lineEnd + 2;
    }
  }
  if (lines === "") found.linesFrom = runStart - from;
  found.lines = lines as FieldLines;
  found.tail = runStart === text.length ? NO_LINES : (text.slice(runStart) as FieldLines);
  return undefined;
}

export function allLines({ lines, tail }: Found): FieldLines {
  return joinLines(lines, tail);
}

/** Notes a field that is not simply passed on; the length of the name decides almost always without a comparison. */
function isOurs(text: string, start: number, nameEnd: number, from: number, to: number, found: Found): boolean {
  switch (nameEnd - start) {
    case 2:
      if (spells(text, start, "b3")) shared(found, text).tracer = placeOf(from, to);
      if (!spells(text, start, "te")) return false;
      found.te = joined(found.te, text.slice(from, to));
      return true;
    case 4:
      if (!spells(text, start, "host")) return false;
      found.host = hostAt(text, from, to);
      found.hostCount++;
      return true;
    case 6:
      if (spells(text, start, "expect")) found.expect = joined(found.expect, text.slice(from, to));
      else if (spells(text, start, "cookie")) shared(found, text).cookies = placeOf(from, to);
      return false;
    case 7:
      if (!spells(text, start, "upgrade")) return false;
      found.upgrade = joined(found.upgrade, text.slice(from, to));
      return true;
    case 8:
      if (spells(text, start, "location")) found.hasCookieOrLocation = true;
      return false;
    case 9:
      if (spells(text, start, "forwarded") || spells(text, start, "x-real-ip")) found.hasForwarded = true;
      else if (spells(text, start, "x-user-id")) shared(found, text).session = placeOf(from, to);
      return false;
    case 10:
      if (spells(text, start, "connection")) {
        found.connection = joined(found.connection, text.slice(from, to));
        return true;
      }
      if (spells(text, start, "tracestate")) {
        found.tracestate = joined(found.tracestate, text.slice(from, to));
        return true;
      }
      if (spells(text, start, "user-agent")) {
        found.isProbe = isProber(text, from);
        return false;
      }
      if (spells(text, start, "request-id") || spells(text, start, "x-trace-id")) {
        shared(found, text).requestId = placeOf(from, to);
        return false;
      }
      if (spells(text, start, "set-cookie")) {
        found.hasCookieOrLocation = true;
        return false;
      }
      return spells(text, start, "keep-alive");
    case 11:
      if (!spells(text, start, "traceparent")) return false;
      found.traceparent = text.slice(from, to);
      found.traceparentCount++;
      return true;
    case 12:
      if (spells(text, start, "content-type")) found.contentType = placeOf(from, to);
      else if (spells(text, start, "x-request-id")) shared(found, text).requestId = placeOf(from, to);
      else if (spells(text, start, "x-b3-traceid")) shared(found, text).tracer = placeOf(from, to);
      else if (spells(text, start, "x-session-id")) shared(found, text).session = placeOf(from, to);
      return false;
    case 13:
      if (spells(text, start, "cache-control")) found.cacheControl = placeOf(from, to);
      else if (spells(text, start, "authorization")) shared(found, text).credential = placeOf(from, to);
      else if (spells(text, start, "uber-trace-id")) shared(found, text).tracer = placeOf(from, to);
      return false;
    case 14:
      if (!spells(text, start, "content-length")) return false;
      found.contentLength = lengthAt(text, from, to);
      found.contentLengthCount++;
      return true;
    case 15:
      if (spells(text, start, "x-amzn-trace-id")) shared(found, text).tracer = placeOf(from, to);
      return isForwarded(text, start, found);
    case 16:
      if (spells(text, start, "x-correlation-id")) shared(found, text).requestId = placeOf(from, to);
      return spells(text, start, "proxy-connection") || isForwarded(text, start, found);
    case 17:
      if (!spells(text, start, "transfer-encoding")) return isForwarded(text, start, found);
      found.transferEncoding = text.slice(from, to);
      found.transferEncodingCount++;
      return true;
    case 18:
      if (spells(text, start, "x-datadog-trace-id")) shared(found, text).tracer = placeOf(from, to);
      return isForwarded(text, start, found);
    case 21:
      if (spells(text, start, "x-cloud-trace-context")) shared(found, text).tracer = placeOf(from, to);
      return false;
    case 30:
      if (!spells(text, start, "x-envoy-expected-rq-timeout-ms")) return false;
      found.timeoutMs = lengthAt(text, from, to);
      return true;
    default:
      return false;
  }
}

function shared(found: Found, text: string): SharedValues {
  found.shared ??= noSharedValues(text);
  return found.shared;
}

let lastHost = "";

/** Messages in a row mostly name one host: its string is used again, since each new one costs as much as a short field. */
function hostAt(text: string, from: number, to: number): string {
  if (to - from !== lastHost.length || !text.startsWith(lastHost, from)) lastHost = text.slice(from, to);
  return lastHost;
}

/** 15 digits stay below 2^53, and below every peer's 63-bit counter */
const MAX_DIGITS = 15;

/** 1*DIGIT and nothing else; -1 for anything else, or more digits than anyone counts with. */
function lengthAt(text: string, from: number, to: number): number {
  if (to === from || to - from > MAX_DIGITS) return -1;
  let bytes = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    bytes = bytes * 10 + digit;
  }
  return bytes;
}

/** X-Forwarded-For, -Host, -Port, -Proto, -Prefix, -Server: noted and left where it is. */
function isForwarded(text: string, start: number, found: Found): false {
  if (spells(text, start, "x-forwarded-")) found.hasForwarded = true;
  return false;
}

function joined(before: string, value: string): string {
  return before === "" ? value : `${before}, ${value}`;
}

function badName(text: string, start: number, at: number, first: number): Violation {
  const code = text.charCodeAt(at);
  const blank = code === SPACE || code === TAB;
  if (blank && at === start) {
    return start === first
      ? violation(400, "RFC 9112 §2.2", "white space between the start line and the first field")
      : violation(400, "RFC 9112 §5.2", "a field line is continued on the next line (obs-fold)");
  }
  if (at === start) return violation(400, "RFC 9112 §5.1", `a field line begins with ${nameOfCode(code)}`);
  const name = text.slice(start, Math.min(at, start + 40));
  if (blank) return violation(400, "RFC 9112 §5.1", `white space between the name "${name}" and its colon`);
  return violation(400, "RFC 9110 §5.1", `${nameOfCode(code)} in a field name, after "${name}"`);
}

function badValue(text: string, start: number, nameEnd: number, code: number): Violation {
  const name = text.slice(start, Math.min(nameEnd, start + 40));
  const rule = code === CR || code === LF ? "RFC 9112 §2.2" : "RFC 9110 §5.5";
  return violation(400, rule, `${nameOfCode(code)} in the value of "${name}"`);
}
