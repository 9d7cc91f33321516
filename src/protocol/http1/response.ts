// Reads the head of a response (RFC 9112 §4–§6). How long its body is depends on the request it answers.
import { CR, LF, SPACE, VALUE } from "./characters.ts";
import { connectionOptions, withoutNamed } from "./connection.ts";
import { allLines, type Found, nothingFound, scanFields } from "./fields.ts";
import { declaredFraming, isViolation, NO_BODY, UNTIL_CLOSE } from "./framing.ts";
import { readLatin1 } from "./latin1.ts";
import { joinLines, splitLines } from "./lines.ts";
import type { FieldLines, Fields, Framing, HeadResult, Limits, ResponseHead, Violation } from "./types.ts";
import { brokenAlready, tooLong } from "./unfinished.ts";
import { nameOfCode, violation } from "./violation.ts";

const BLANK_LINE = Buffer.from("\r\n\r\n");
const NO_LINES = "" as FieldLines;
const INCOMPLETE = { kind: "incomplete" } as const;

/**
 * Looks for the head of the answer to `request` at `bytes[offset, end)`; an interim one (1xx) is a head of its own, with
 * the final one behind it. Call again with the same start and more bytes while it is incomplete.
 */
export function parseResponseHead(
  bytes: Buffer,
  offset: number,
  end: number,
  limits: Limits,
  request: { readonly method: string },
): HeadResult<ResponseHead> {
  if (offset >= end) return INCOMPLETE;
  const blank = bytes.indexOf(BLANK_LINE, offset);
  if (blank < 0 || blank + 4 > end) {
    const broken = brokenAlready("response", bytes, offset, end, limits);
    return broken ? refused(broken) : INCOMPLETE;
  }
  const size = blank + 4 - offset;
  if (size > limits.headBytes) return refused(tooLong("response", bytes, offset, size, limits)!);

  const text = readLatin1(bytes, offset, blank + 2);
  const digit = text.charCodeAt(7);
  if (!text.startsWith("HTTP/1.") || (digit !== 0x30 && digit !== 0x31)) return refused(badVersion(text));
  const status = statusCode(text);
  if (status < 0) return refused(violation(400, "RFC 9112 §4", "no status code of three digits"));
  if (status < 100 || status > 599) return refused(violation(400, "RFC 9110 §15", `the status code ${status}`));

  let at = 12;
  let code = text.charCodeAt(at);
  // The space is required even before an empty reason, but its absence misleads nobody, and small servers forget it.
  if (code === SPACE) {
    code = text.charCodeAt(++at);
    while (VALUE[code] === 1) code = text.charCodeAt(++at);
  }
  if (code !== CR || text.charCodeAt(at + 1) !== LF) {
    return refused(violation(400, "RFC 9112 §4", `${nameOfCode(code)} in the status line`));
  }
  const reason = at > 13 ? reasonPhrase(text, status, at) : "";

  const found = nothingFound();
  const broken = scanFields(bytes, offset, text, at + 2, limits.fieldCount, found);
  if (broken) return refused(broken);
  return assemble(text, found, status, reason, digit === 0x31 ? 1 : 0, request.method, size);
}

function assemble(
  text: string,
  found: Found,
  status: number,
  reason: string,
  minor: 0 | 1,
  method: string,
  length: number,
): HeadResult<ResponseHead> {
  const declared = declaredFraming(found, minor);
  if (isViolation(declared)) return refused(declared);
  const isBodiless = status < 200 || status === 204;
  if (isBodiless && declared !== undefined && !(declared.kind === "length" && declared.bytes === 0)) {
    // A length or coding there is forbidden, and who believes it reads the next answer as this one's body.
    return refused(violation(400, "RFC 9112 §6.1", `a body announced in an answer with status ${status}`));
  }
  const isTunnel = method === "CONNECT" && status >= 200 && status < 300;
  const hasNoBody = isBodiless || status === 304 || method === "HEAD" || isTunnel;
  const framing = hasNoBody ? NO_BODY : (declared ?? UNTIL_CLOSE);

  const options = connectionOptions(found.connection);
  if ("rule" in options) return refused(options);
  if (options.names.length > 0) {
    found.lines = withoutNamed(allLines(found), options.names);
    found.tail = NO_LINES;
  }
  const wantsKept = minor === 1 ? !options.close : options.keepAlive && !options.close;
  const head = new ParsedResponse(text, found, status, reason, minor, framing, wantsKept && framing.kind !== "close");
  if (options.upgrade && found.upgrade !== "") head.upgrade = found.upgrade;
  // What the answer to GET would have had (RFC 9110 §8.6); after CONNECT it means nothing (§9.3.6).
  if (hasNoBody && !isBodiless && !isTunnel && declared?.kind === "length") head.announcedBytes = declared.bytes;
  return { kind: "head", head, length };
}

function statusCode(text: string): number {
  if (text.charCodeAt(8) !== SPACE) return -1;
  let status = 0;
  for (let i = 9; i < 12; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    status = status * 10 + digit;
  }
  return status;
}

function reasonPhrase(text: string, status: number, end: number): string {
  return status === 200 && end === 15 && text.startsWith("OK", 13) ? "OK" : text.slice(13, end);
}

function badVersion(text: string): Violation {
  if (/^HTTP\/[0-9]\.[0-9] /.test(text)) {
    return violation(505, "RFC 9110 §2.5", `the answer's version ${text.slice(0, 8)}`);
  }
  return violation(400, "RFC 9112 §4", "the answer does not begin with HTTP/1.");
}

function refused(broken: Violation): { readonly kind: "violation"; readonly violation: Violation } {
  return { kind: "violation", violation: broken };
}

/** See ParsedRequest for why this is a class. */
export class ParsedResponse implements ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly minor: 0 | 1;
  first: FieldLines;
  second: FieldLines;
  readonly framing: Framing;
  readonly keepAlive: boolean;
  upgrade: string | undefined = undefined;
  announcedBytes: number | undefined = undefined;
  readonly text: string;
  readonly contentType: number;
  readonly cacheControl: number;
  readonly hasCookieOrLocation: boolean;

  constructor(
    text: string,
    found: Found,
    status: number,
    reason: string,
    minor: 0 | 1,
    framing: Framing,
    keepAlive: boolean,
  ) {
    this.status = status;
    this.reason = reason;
    this.minor = minor;
    this.first = found.lines;
    this.second = withTrace(found);
    this.framing = framing;
    this.keepAlive = keepAlive;
    this.text = text;
    this.contentType = found.contentType;
    this.cacheControl = found.cacheControl;
    this.hasCookieOrLocation = found.hasCookieOrLocation;
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

/** In an answer the trace fields are nothing special; the scan took them out for requests. */
function withTrace(found: Found): FieldLines {
  if (found.traceparentCount === 0 && found.tracestate === "") return found.tail;
  let lines: string = found.tail;
  if (found.traceparentCount > 0) lines += `traceparent: ${found.traceparent}\r\n`;
  if (found.tracestate !== "") lines += `tracestate: ${found.tracestate}\r\n`;
  return lines as FieldLines;
}
