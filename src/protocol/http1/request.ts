// Reads the head of a request (RFC 9112 §3, §5, §6): strictly, at once or not at all.
//
// The shape is for speed: one native search for the blank line, one native copy into a string, one pass over its
// characters. See bench/micro/http1-head.ts.
import { CR, LF, QUESTION, SLASH, SPACE, TOKEN } from "./characters.ts";
import { connectionOptions, withoutNamed } from "./connection.ts";
import { allLines, type Found, nothingFound, scanFields } from "./fields.ts";
import { declaredFraming, isViolation, NO_BODY } from "./framing.ts";
import { type KnownFields, scanKnown } from "./known-fields.ts";
import { readLatin1 } from "./latin1.ts";
import { joinLines, splitLines } from "./lines.ts";
import type { SharedValues } from "./shared-values.ts";
import { badTarget, endOfPath, endOfQuery, isAuthority, otherTarget, sameAuthority } from "./target.ts";
import type { FieldLines, Fields, Framing, HeadResult, Limits, RequestHead, Violation } from "./types.ts";
import { brokenAlready, tooLong } from "./unfinished.ts";
import { nameOfCode, violation } from "./violation.ts";

const BLANK_LINE = Buffer.from("\r\n\r\n");
const NO_LINES = "" as FieldLines;
const HOST = "Host: ";
/** characters; a head that is remembered is kept in memory */
const LONGEST_KNOWN = 4_096;
const INCOMPLETE = { kind: "incomplete" } as const;

/**
 * Looks for a request head at `bytes[offset, end)`. One empty line before it is skipped (RFC 9112 §2.2) and counted in
 * `length`. Call again with the same start and more bytes while it is incomplete.
 * @param known what a head before had, mostly the one on the same connection, read with the same limits
 */
export function parseRequestHead(
  bytes: Buffer,
  offset: number,
  end: number,
  limits: Limits,
  known?: KnownFields,
): HeadResult<RequestHead> {
  let start = offset;
  if (bytes[start] === CR && start < end) {
    if (start + 1 >= end) return INCOMPLETE;
    if (bytes[start + 1] !== LF) return refused(violation(400, "RFC 9112 §2.2", nameOfCode(CR)));
    start += 2;
  }
  if (start >= end) return INCOMPLETE;

  const blank = bytes.indexOf(BLANK_LINE, start);
  if (blank < 0 || blank + 4 > end) {
    const broken = brokenAlready("request", bytes, start, end, limits);
    return broken ? refused(broken) : INCOMPLETE;
  }
  const size = blank + 4 - start;
  if (size > limits.headBytes) return refused(tooLong("request", bytes, start, size, limits)!);
  return readHead(bytes, start, readLatin1(bytes, start, blank + 2), blank + 4 - offset, limits, known);
}

/** @param text bytes from `base` up to and with the last line's CRLF */
function readHead(
  bytes: Buffer,
  base: number,
  text: string,
  length: number,
  limits: Limits,
  known: KnownFields | undefined,
): HeadResult<RequestHead> {
  let at = 0;
  let code = text.charCodeAt(0);
  while (TOKEN[code] === 1) code = text.charCodeAt(++at);
  if (code !== SPACE || at === 0) return refused(violation(400, "RFC 9110 §9.1", `${nameOfCode(code)} in the method`));
  const method = methodName(text, at);

  const targetStart = at + 1;
  let target: string;
  let path: string;
  let authority: string | undefined;
  if (text.charCodeAt(targetStart) === SLASH && method !== "CONNECT") {
    const pathEnd = endOfPath(text, targetStart);
    at = text.charCodeAt(pathEnd) === QUESTION ? endOfQuery(text, pathEnd + 1) : pathEnd;
    if (text.charCodeAt(at) !== SPACE) return refused(badTarget(text, at));
    target = text.slice(targetStart, at);
    path = at === pathEnd ? target : text.slice(targetStart, pathEnd);
  } else {
    at = text.indexOf(" ", targetStart);
    const lineEnd = text.indexOf("\r\n", targetStart);
    if (at < 0 || at > lineEnd) return refused(violation(400, "RFC 9112 §3", "a request line without version"));
    target = text.slice(targetStart, at);
    const other = otherTarget(method, target);
    if ("rule" in other) return refused(other);
    path = other.path;
    authority = other.authority;
  }

  if (!text.startsWith(" HTTP/1.", at) || text.charCodeAt(at + 9) !== CR || text.charCodeAt(at + 10) !== LF) {
    return refused(badVersion(text, at + 1));
  }
  const digit = text.charCodeAt(at + 8);
  if (digit !== 0x30 && digit !== 0x31) return refused(badVersion(text, at + 1));
  const minor = digit === 0x31 ? 1 : 0;

  const memory = text.length > LONGEST_KNOWN ? undefined : known;
  const found = memory ? memory.found : nothingFound();
  const broken = memory
    ? scanKnown(memory, bytes, base, text, at + 11, limits.fieldCount)
    : scanFields(bytes, base, text, at + 11, limits.fieldCount, found);
  if (broken) return refused(broken);
  const isAsSent = authority === undefined && minor === 1;
  if (isAsSent) findOpening(text, at + 11, found);
  const startLine = isAsSent && found.opening === undefined ? text.slice(0, at + 11) : undefined;
  const read = assemble(found, method, target, path, authority, minor, startLine, length);
  if (authority === undefined && read.kind === "head") {
    read.head.text = text;
    read.head.targetFrom = targetStart;
  }
  return read;
}

/** See ParsedRequest. @param fields where the first field line begins */
function findOpening(text: string, fields: number, found: Found): void {
  const end = fields + HOST.length + found.host.length;
  if (found.hostCount !== 1 || !text.startsWith(HOST, fields) || text.charCodeAt(end) !== CR) return;
  found.isOpeningAll = found.linesFrom === end + 2 - fields;
  found.opening = found.isOpeningAll ? text : text.slice(0, end + 2);
}

/** Decides what the fields mean together. */
function assemble(
  found: Found,
  method: string,
  target: string,
  path: string,
  targetAuthority: string | undefined,
  minor: 0 | 1,
  startLine: string | undefined,
  length: number,
): HeadResult<ParsedRequest> {
  const hostProblem = badHost(found, method, targetAuthority, minor);
  if (hostProblem) return refused(hostProblem);

  const declared = declaredFraming(found, minor);
  if (isViolation(declared)) return refused(declared);
  const framing = declared ?? NO_BODY;
  // CONNECT and TRACE have no content, and some readers take the bytes behind them for a request (RFC 9110 §9.3.6, §9.3.8).
  if (framing.kind === "chunked" || (framing.kind === "length" && framing.bytes > 0)) {
    if (method === "CONNECT") return refused(violation(400, "RFC 9110 §9.3.6", "CONNECT with a body"));
    if (method === "TRACE") return refused(violation(400, "RFC 9110 §9.3.8", "TRACE with a body"));
  }

  const options = connectionOptions(found.connection);
  if ("rule" in options) return refused(options);
  if (options.names.length > 0) {
    found.lines = withoutNamed(allLines(found), options.names);
    found.tail = NO_LINES;
  }
  const keepAlive = minor === 1 ? !options.close : options.keepAlive && !options.close;
  // A 1.0 client's Upgrade and 100-continue are to be ignored (RFC 9110 §7.8, §10.1.1).
  const upgrade = minor === 1 && options.upgrade && found.upgrade !== "" ? found.upgrade : undefined;
  const head = new ParsedRequest(found, method, target, path, targetAuthority ?? found.host, minor, framing, keepAlive);
  head.startLine = startLine;
  head.upgrade = upgrade;
  if (minor === 1 && found.expect !== "") head.expectContinue = found.expect.toLowerCase() === "100-continue";
  return { kind: "head", head, length };
}

function badHost(found: Found, method: string, authority: string | undefined, minor: 0 | 1): Violation | undefined {
  if (found.hostCount > 1) return violation(400, "RFC 9112 §3.2", "Host more than once");
  if (found.hostCount === 0) {
    return minor === 1 ? violation(400, "RFC 9112 §3.2", "an HTTP/1.1 request without Host") : undefined;
  }
  if (found.host === "" && minor === 0) return undefined;
  if (!isAuthority(found.host)) return violation(400, "RFC 9112 §3.2", "Host is not a host and optional port");
  if (authority !== undefined && !sameAuthority(method, authority, found.host)) {
    return violation(400, "RFC 9112 §3.2", "Host differs from the host in the request target");
  }
  return undefined;
}

/** The common methods without a new string: they are compared and looked up later. */
function methodName(text: string, end: number): string {
  if (end === 3) {
    const first = text.charCodeAt(0);
    if (first === 0x47 && text.startsWith("GET")) return "GET";
    if (first === 0x50 && text.startsWith("PUT")) return "PUT";
  } else if (end === 4) {
    const second = text.charCodeAt(1);
    if (second === 0x4f && text.startsWith("POST")) return "POST";
    if (second === 0x45 && text.startsWith("HEAD")) return "HEAD";
  }
  return text.slice(0, end);
}

/** @param at where the version should begin */
function badVersion(text: string, at: number): Violation {
  const lineEnd = text.indexOf("\r\n", at);
  const version = text.slice(at, lineEnd < 0 ? text.length : lineEnd);
  if (/^HTTP\/[0-9]\.[0-9]$/.test(version)) {
    return violation(505, "RFC 9110 §2.5", `${version}; this proxy speaks HTTP/1.0 and HTTP/1.1`);
  }
  return violation(400, "RFC 9112 §2.3", "a request line that does not end in a version");
}

function refused(broken: Violation): { readonly kind: "violation"; readonly violation: Violation } {
  return { kind: "violation", violation: broken };
}

/**
 * A class, because `fields` is made only for those who ask: most messages are passed on by `lines` alone, and an array of
 * slices costs as much as all the rest of the reading.
 */
export class ParsedRequest implements RequestHead {
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly authority: string;
  readonly minor: 0 | 1;
  /** the pieces of `lines`, see Found */
  first: FieldLines;
  second: FieldLines;
  readonly framing: Framing;
  readonly keepAlive: boolean;
  /** start line and Host line, when they came just as they are to be written, and all `lines` if these did too: one piece
   *  instead of seven, and a piece of a string costs more than its copying */
  readonly opening: string | undefined;
  readonly isOpeningAll: boolean;
  /** the start line alone, when it came just as it is to be written and there is no `opening` */
  startLine: string | undefined = undefined;
  upgrade: string | undefined = undefined;
  expectContinue = false;
  readonly acceptsTrailers: boolean;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly hasForwarded: boolean;
  readonly isProbe: boolean;
  readonly shared: SharedValues | undefined;
  text: string | undefined = undefined;
  targetFrom = 0;

  constructor(
    found: Found,
    method: string,
    target: string,
    path: string,
    authority: string,
    minor: 0 | 1,
    framing: Framing,
    keepAlive: boolean,
  ) {
    this.method = method;
    this.target = target;
    this.path = path;
    this.authority = authority;
    this.minor = minor;
    this.first = found.lines;
    this.second = found.tail;
    this.opening = found.opening;
    // no field named by Connection is among them: that one would have been taken out
    this.isOpeningAll = found.isOpeningAll;
    this.framing = framing;
    this.keepAlive = keepAlive;
    this.acceptsTrailers = found.te !== "" && minor === 1 && namesTrailers(found.te);
    // Two of them have no meaning (Trace Context §3.2): a new trace begins.
    this.traceparent = found.traceparentCount === 1 ? found.traceparent : undefined;
    this.tracestate = this.traceparent !== undefined && found.tracestate !== "" ? found.tracestate : undefined;
    this.timeoutMs = found.timeoutMs > 0 ? found.timeoutMs : undefined;
    this.hasForwarded = found.hasForwarded;
    this.isProbe = found.isProbe;
    this.shared = found.shared;
  }

  get lines(): FieldLines {
    if (this.second !== "") {
      this.first = joinLines(this.first, this.second);
      this.second = NO_LINES;
    }
    return this.first;
  }

  get fields(): Fields {
    return splitLines(this.lines);
  }
}

function namesTrailers(te: string): boolean {
  if (te === "trailers") return true;
  return te.split(",").some((coding) => coding.trim().toLowerCase() === "trailers");
}
