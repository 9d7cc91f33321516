// Reads from a request what tells of its visitor, in one pass over its lines.
import { DESTINATIONS, MODES, SITES } from "../../../../model/visit.ts";
import { isNamed } from "../../../../protocol/http1/lines.ts";
import { inCookies, type SessionCookie } from "./session-cookie.ts";

/** One object, filled for each request: see `readRequest`. */
export type RequestFields = {
  cookie: SessionCookie | undefined;
  hasCookies: boolean;
  /** of Authorization, X-API-Key or Api-Key; or `session.id` of Baggage */
  credential: string;
  userAgent: string;
  referer: string;
  /** of MODES, DESTINATIONS and SITES */
  mode: number;
  destination: number;
  site: number;
  isUser: boolean;
  isPrefetch: boolean;
  hasOptedOut: boolean;
};

export function requestFields(): RequestFields {
  return {
    ...{ cookie: undefined, hasCookies: false, credential: "", userAgent: "", referer: "" },
    ...{ mode: 0, destination: 0, site: 0, isUser: false, isPrefetch: false, hasOptedOut: false },
  };
}

const [A, B, C, D, M, N, P, R, S, U, X] = [..."abcdmnprsux"].map((letter) => letter.charCodeAt(0));

export function readRequest(lines: string, into: RequestFields): void {
  into.cookie = undefined;
  into.hasCookies = false;
  into.credential = "";
  into.userAgent = "";
  into.referer = "";
  into.mode = 0;
  into.destination = 0;
  into.site = 0;
  into.isUser = false;
  into.isPrefetch = false;
  into.hasOptedOut = false;
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf("\r\n", at);
    // by the first letter, and then by the place of the colon: most fields are none of these
    switch (lines.charCodeAt(at) | 0x20) {
      case S:
        if (lines.charCodeAt(at + 3) === 0x2d) secure(lines, at, into);
        break;
      case C:
        if (is(lines, at, "cookie")) {
          into.hasCookies = true;
          into.cookie = inCookies(lines, at + 8, end, into.cookie);
        }
        break;
      case U:
        if (is(lines, at, "user-agent")) into.userAgent = lines.slice(at + 12, end);
        break;
      case R:
        if (is(lines, at, "referer")) into.referer = lines.slice(at + 9, end);
        break;
      case A:
        if (is(lines, at, "authorization")) into.credential = lines.slice(at + 15, end);
        else if (is(lines, at, "api-key")) into.credential ||= lines.slice(at + 9, end);
        break;
      case X:
        if (is(lines, at, "x-api-key")) into.credential ||= lines.slice(at + 11, end);
        break;
      case B:
        if (is(lines, at, "baggage")) into.credential ||= sessionOf(lines.slice(at + 9, end));
        break;
      case P:
        // what Sec-Purpose was called before
        if (is(lines, at, "purpose")) into.isPrefetch = lines.startsWith("prefetch", at + 9);
        break;
    }
    at = end + 2;
  }
}

/** Values are told by as few letters as they differ in: no string is made. */
function secure(lines: string, at: number, into: RequestFields): void {
  switch (lines.charCodeAt(at + 10) | 0x20) {
    case M:
      if (is(lines, at, "sec-fetch-mode")) into.mode = modeOf(lines, at + 16);
      break;
    case D:
      if (is(lines, at, "sec-fetch-dest")) into.destination = destinationOf(lines, at + 16);
      break;
    case S:
      if (is(lines, at, "sec-fetch-site")) into.site = siteOf(lines.charCodeAt(at + 16));
      break;
    case U:
      if (is(lines, at, "sec-fetch-user")) into.isUser = lines.startsWith("?1", at + 16);
      break;
    default:
      if (is(lines, at, "sec-gpc")) into.hasOptedOut = lines.charCodeAt(at + 9) === 0x31;
      else if (is(lines, at, "sec-purpose")) into.isPrefetch = lines.startsWith("prefetch", at + 13);
  }
}

const [NAVIGATE, FETCH, NO_CORS] = [MODES.indexOf("navigate"), MODES.indexOf("fetch"), MODES.indexOf("no-cors")];
const [DOCUMENT, ASSET, DATA] = (["document", "asset", "data"] as const).map((one) => DESTINATIONS.indexOf(one));
const [SAME, CROSS, NONE] = (["same", "cross", "none"] as const).map((one) => SITES.indexOf(one));

/** navigate, no-cors; cors, same-origin */
function modeOf(lines: string, at: number): number {
  const first = lines.charCodeAt(at);
  if (first === N) return lines.charCodeAt(at + 1) === A ? NAVIGATE : NO_CORS;
  return first === C || first === S ? FETCH : 0;
}

/** empty; document, iframe, frame; all others are parts of a page */
function destinationOf(lines: string, at: number): number {
  if (lines.startsWith("empty", at)) return DATA!;
  return lines.startsWith("document", at) || lines.startsWith("iframe", at) || lines.startsWith("frame", at)
    ? DOCUMENT!
    : ASSET!;
}

/** same-origin, same-site; cross-site; none */
function siteOf(first: number): number {
  return (first === S ? SAME : first === C ? CROSS : first === N ? NONE : 0) ?? 0;
}

function is(lines: string, at: number, name: string): boolean {
  return lines.charCodeAt(at + name.length) === 0x3a && isNamed(lines, at, name);
}

function sessionOf(baggage: string): string {
  return /(?:^|,)\s*session\.id\s*=\s*([^,;\s]+)/.exec(baggage)?.[1] ?? "";
}
