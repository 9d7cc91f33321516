// What a request and the calls made for it may have in common, as keyed hashes: the observatory finds by them whose call it
// was. No value leaves the worker, and the key changes, so that hashes of different hours have nothing to do with each other.
import { type HalfSipKey, halfSipHash } from "../../../base/half-siphash.ts";
import type { SpanColumns } from "../../../model/span-buffer.ts";
import { endOf, type SharedValues, startOf } from "../../../protocol/http1/shared-values.ts";
import type { RequestHead } from "../../../protocol/http1/types.ts";

const SPACE = 0x20;
const DASH = 0x2d;
const SLASH = 0x2f;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const AND = 0x26;
const EQUALS = 0x3d;
const ZERO = 0x30;
const NINE = 0x39;
const V = 0x76;
/** of a longer value the end: that of a token is its signature */
const LONGEST = 64;
/** of a path's segment without digits; words are shorter */
const DRAWN = 24;
/** of a cookie's value that may be a session */
const SESSION = 8;
const MOST_IDS = 3;
const ids = new Uint32Array(MOST_IDS);

export function writeContent(columns: SpanColumns, row: number, head: RequestHead, key: HalfSipKey): void {
  const { text, targetFrom = 0, shared, target, path } = head;
  if (text === undefined) {
    writeNoContent(columns, row);
    return;
  }
  if (shared) writeShared(columns, row, shared, key);
  else writeNoShared(columns, row);
  const query = targetFrom + path.length;
  let count = pathIds(key, text, targetFrom + 1, query);
  if (target.length > path.length) count = queryValues(key, text, query + 1, targetFrom + target.length, count);
  columns.id0[row] = count > 0 ? (ids[0] as number) : 0;
  columns.id1[row] = count > 1 ? (ids[1] as number) : 0;
  columns.id2[row] = count > 2 ? (ids[2] as number) : 0;
}

export function writeNoContent(columns: SpanColumns, row: number): void {
  writeNoShared(columns, row);
  columns.id0[row] = 0;
  columns.id1[row] = 0;
  columns.id2[row] = 0;
}

function writeShared(columns: SpanColumns, row: number, shared: SharedValues, key: HalfSipKey): void {
  let hashes = shared.made;
  if (!(hashes instanceof Hashes) || hashes.key !== key) {
    hashes = new Hashes(shared, key);
    shared.made = hashes;
  }
  const { requestId, tracer, credential, session } = hashes as Hashes;
  columns.requestId[row] = requestId;
  columns.tracer[row] = tracer;
  columns.credential[row] = credential;
  columns.session[row] = session;
}

/** Made once for all heads that repeat their fields. */
class Hashes {
  readonly key: HalfSipKey;
  readonly requestId: number;
  readonly tracer: number;
  readonly credential: number;
  readonly session: number;

  constructor({ text, requestId, tracer, credential, cookies, session }: SharedValues, key: HalfSipKey) {
    this.key = key;
    this.requestId = hashed(key, text, startOf(requestId), endOf(requestId));
    this.tracer = traceOf(key, text, startOf(tracer), endOf(tracer));
    this.credential = credentialOf(key, text, startOf(credential), endOf(credential));
    this.session =
      session !== 0
        ? hashed(key, text, startOf(session), endOf(session))
        : longestCookie(key, text, startOf(cookies), endOf(cookies));
  }
}

function writeNoShared(columns: SpanColumns, row: number): void {
  columns.requestId[row] = 0;
  columns.tracer[row] = 0;
  columns.credential[row] = 0;
  columns.session[row] = 0;
}

/** 0: there is nothing */
function hashed(key: HalfSipKey, text: string, from: number, to: number): number {
  if (from >= to) return 0;
  return halfSipHash(key[0], key[1], text, Math.max(from, to - LONGEST), to) || 1;
}

/** The trace's id alone: `trace-span-sampled` (B3), `trace:span:parent:flags` (Jaeger), `trace/span;o=1` (Google),
 *  `Self=…;Root=…;Parent=…` (AWS). */
function traceOf(key: HalfSipKey, text: string, start: number, end: number): number {
  if (start === end) return 0;
  const root = text.indexOf("Root=", start);
  const from = root < 0 || root > end ? start : root + 5;
  let to = from;
  for (; to < end; to++) {
    const code = text.charCodeAt(to);
    if (code === SLASH || code === COLON || code === SEMICOLON) break;
    if (code === DASH && (to - from === 16 || to - from === 32)) break;
  }
  return hashed(key, text, from, to);
}

/** Without its scheme: the same token may be sent on in another field. */
function credentialOf(key: HalfSipKey, text: string, from: number, end: number): number {
  let start = end;
  while (start > from && text.charCodeAt(start - 1) !== SPACE) start--;
  return hashed(key, text, start, end);
}

/** Of the values of cookies: a session is drawn at random, and long. */
function longestCookie(key: HalfSipKey, text: string, start: number, end: number): number {
  let [from, to] = [start, start];
  for (let at = start; at < end; ) {
    let next = text.indexOf(";", at);
    if (next < 0 || next > end) next = end;
    const value = text.indexOf("=", at) + 1;
    if (value > at && next - value > to - from) [from, to] = [value, next];
    at = next + 1;
  }
  return to - from < SESSION ? 0 : hashed(key, text, from, to);
}

/** Segments with a digit in them but for `v1` and its like, and very long ones. @returns how many were written into `ids` */
function pathIds(key: HalfSipKey, text: string, start: number, end: number): number {
  let count = 0;
  let from = start;
  let hasDigit = false;
  for (let at = start; at <= end; at++) {
    const code = at < end ? text.charCodeAt(at) : SLASH;
    if (code !== SLASH) {
      if (code >= ZERO && code <= NINE) hasDigit = true;
      continue;
    }
    if ((hasDigit && !isVersion(text, from, at)) || at - from >= DRAWN) {
      ids[count++] = hashed(key, text, from, at);
      if (count === MOST_IDS) return count;
    }
    from = at + 1;
    hasDigit = false;
  }
  return count;
}

function isVersion(text: string, from: number, to: number): boolean {
  return to - from <= 3 && (text.charCodeAt(from) | 0x20) === V;
}

/** @param already how many of `ids` are there @returns how many there are then */
function queryValues(key: HalfSipKey, text: string, start: number, end: number, already: number): number {
  let count = already;
  let value = end;
  for (let at = start; at <= end && count < MOST_IDS; at++) {
    const code = at < end ? text.charCodeAt(at) : AND;
    if (code === EQUALS && value === end) value = at + 1;
    if (code !== AND) continue;
    if (value < at) ids[count++] = hashed(key, text, value, at);
    value = end;
  }
  return count;
}
