// Writes heads anew from the model: the start line and the framing are ours, the other fields are the checked text.
//
// A head is one short string, written with one native call into a buffer that the caller owns and reuses, so that head
// and body leave in one write. Characters are Latin-1, so `text.length` is its size in bytes.
import {
  TRACEPARENT_LINE_BYTES,
  type TraceContext,
  traceparentLine,
  writeTraceparentLine,
} from "../trace-context/traceparent.ts";
import { CR, LF, QUESTION, SLASH, TOKEN } from "./characters.ts";
import { writeLatin1 } from "./latin1.ts";
import { fieldLines } from "./lines.ts";
import { ParsedRequest } from "./request.ts";
import { ParsedResponse } from "./response.ts";
import { endOfPath, endOfQuery, isAuthority, otherTarget } from "./target.ts";
import type { FieldLines, Framing, RequestHead, ResponseHead } from "./types.ts";

/** What this side says about the connection; `upgrade` also passes the head's Upgrade on. */
export type ConnectionSays = "nothing" | "close" | "keep-alive" | "upgrade";

export type WriteOptions = {
  readonly connection: ConnectionSays;
  /** fields of our own, made by `fieldLine`; tracestate comes only from here */
  readonly added?: FieldLines;
  /** and more of them, in a request; not joined, because that would be a new string for each request */
  readonly also?: FieldLines;
  /** instead of the head's own lines */
  readonly lines?: FieldLines | undefined;
  /** of a request, instead of the head's own: made of pieces of checked targets and hosts, in origin form */
  readonly target?: string | undefined;
  readonly authority?: string | undefined;
  /** what traceparent says, in a request */
  readonly trace?: TraceContext;
  /** where it differs from the head's own, such as `close` towards an HTTP/1.0 client */
  readonly framing?: Framing;
};

/** The head of a request to an origin server: the target in origin form, HTTP/1.1, and exactly one Host. */
export function requestHeadText(head: RequestHead, options: WriteOptions): string {
  if (!(head instanceof ParsedRequest)) checkRequest(head);
  const lines = options.lines ?? head.lines ?? fieldLines(head.fields);
  return `${opening(head, options)}${lines}${connection(
    options.connection,
    head.upgrade,
    head.acceptsTrailers,
  )}${framingText(options.framing ?? head.framing)}${options.trace ? traceparentLine(options.trace) : ""}${
    options.added ?? ""
  }${options.also ?? ""}\r\n`;
}

/** The head of a response, always as HTTP/1.1 (RFC 9112 §2.3: the version is the sender's own). */
export function responseHeadText(head: ResponseHead, options: WriteOptions): string {
  if (!(head instanceof ParsedResponse)) checkResponse(head);
  const lines = options.lines ?? head.lines ?? fieldLines(head.fields);
  return `${statusLine(head)}${lines}${connection(options.connection, head.upgrade, false)}${responseFraming(
    head,
    options,
  )}${options.added ?? ""}\r\n`;
}

/**
 * Writes the head into `into` from `at` on. Returns the offset behind it, or -1 when there is no room: nothing of use is
 * then written. Piece by piece, because a string made of pieces is copied once more before it can be written (a fifth of
 * all that a head costs).
 */
export function writeRequestHead(into: Buffer, at: number, head: RequestHead, options: WriteOptions): number {
  if (!(head instanceof ParsedRequest)) return writeText(into, at, requestHeadText(head, options));
  const isChanged = options.lines !== undefined || options.target !== undefined || options.authority !== undefined;
  const whole = isChanged ? undefined : head.opening;
  const start = whole ?? startLine(head, options);
  const host = whole === undefined ? hostLine(options.authority ?? head.authority) : "";
  const isRest = options.lines === undefined && !(whole !== undefined && head.isOpeningAll);
  const first = options.lines ?? (isRest ? head.first : "");
  const second = isRest ? head.second : "";
  const says = connection(options.connection, head.upgrade, head.acceptsTrailers);
  const added = options.added ?? "";
  const also = options.also ?? "";
  const lines = first.length + second.length + added.length + also.length;
  const size = start.length + host.length + lines + says.length + MOST_BYTES;
  if (size > into.length - at) return writeText(into, at, requestHeadText(head, options));

  let end = at + writeLatin1(into, start, at);
  if (host !== "") end += writeLatin1(into, host, end);
  if (first !== "") end += writeLatin1(into, first, end);
  if (second !== "") end += writeLatin1(into, second, end);
  if (says !== "") end += writeLatin1(into, says, end);
  end = writeFraming(into, end, options.framing ?? head.framing);
  if (options.trace) end = writeTraceparentLine(into, end, options.trace);
  if (added !== "") end += writeLatin1(into, added, end);
  if (also !== "") end += writeLatin1(into, also, end);
  return writeLineEnd(into, end);
}

export function writeResponseHead(into: Buffer, at: number, head: ResponseHead, options: WriteOptions): number {
  if (!(head instanceof ParsedResponse)) return writeText(into, at, responseHeadText(head, options));
  const first = options.lines ?? head.first;
  const second = options.lines === undefined ? head.second : "";
  const status = statusLine(head);
  const says = connection(options.connection, head.upgrade, false);
  const framing = options.framing ?? head.framing;
  const added = options.added ?? "";
  const size = status.length + first.length + second.length + says.length + added.length + MOST_BYTES;
  if (size > into.length - at) return writeText(into, at, responseHeadText(head, options));

  let end = at + writeLatin1(into, status, at);
  if (first !== "") end += writeLatin1(into, first, end);
  if (second !== "") end += writeLatin1(into, second, end);
  if (says !== "") end += writeLatin1(into, says, end);
  if (framing.kind !== "none") end = writeFraming(into, end, framing);
  else if (head.announcedBytes !== undefined) end = writeLength(into, end, head.announcedBytes);
  if (added !== "") end += writeLatin1(into, added, end);
  return writeLineEnd(into, end);
}

const LENGTH = "Content-Length: ";
/** of what has no string when it is written: a length of 16 digits, traceparent, line ends */
const MOST_BYTES = LENGTH.length + 16 + 2 + TRACEPARENT_LINE_BYTES + 2;

function writeFraming(into: Buffer, at: number, framing: Framing): number {
  if (framing.kind === "length") return writeLength(into, at, framing.bytes);
  return framing.kind === "chunked" ? at + writeLatin1(into, TRANSFER_CHUNKED, at) : at;
}

function writeLength(into: Buffer, at: number, bytes: number): number {
  return writeLineEnd(into, writeNumber(into, at + writeLatin1(into, LENGTH, at), bytes));
}

function writeNumber(into: Buffer, at: number, value: number): number {
  const end = value > 9 ? writeNumber(into, at, Math.floor(value / 10)) : at;
  into[end] = DIGIT_0 + (value % 10);
  return end + 1;
}

/** Two stores: a fifth of a native call. */
function writeLineEnd(into: Buffer, at: number): number {
  into[at] = CR;
  into[at + 1] = LF;
  return at + 2;
}

export function writeText(into: Buffer, at: number, text: string): number {
  if (text.length > into.length - at) return -1;
  return at + writeLatin1(into, text, at);
}

/** `1a\r\n`: precedes a chunk of `size` > 0 bytes, which CHUNK_END follows */
export function chunkHeader(size: number): string {
  return `${size.toString(16)}\r\n`;
}

export const CHUNK_END = "\r\n";

/** The last chunk and the trailer section, which may be empty. */
export function lastChunk(trailers?: FieldLines): string {
  return trailers ? `0\r\n${trailers}\r\n` : "0\r\n\r\n";
}

const DIGIT_0 = 0x30;
const TRANSFER_CHUNKED = "Transfer-Encoding: chunked\r\n";
const OK = "HTTP/1.1 200 OK\r\n";

function statusLine(head: ResponseHead): string {
  return head.status === 200 && head.reason === "OK" ? OK : `HTTP/1.1 ${head.status} ${head.reason}\r\n`;
}

function connection(says: ConnectionSays, upgrade: string | undefined, te: boolean): string {
  switch (says) {
    case "upgrade":
      return upgrade === undefined ? "" : `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
    case "close":
      return te ? "Connection: close, TE\r\nTE: trailers\r\n" : "Connection: close\r\n";
    case "keep-alive":
      return te ? "Connection: keep-alive, TE\r\nTE: trailers\r\n" : "Connection: keep-alive\r\n";
    case "nothing":
      return te ? "Connection: TE\r\nTE: trailers\r\n" : "";
  }
}

function framingText(framing: Framing): string {
  switch (framing.kind) {
    case "length":
      return `${LENGTH}${framing.bytes}\r\n`;
    case "chunked":
      return TRANSFER_CHUNKED;
    case "none":
    case "close":
      return "";
  }
}

function responseFraming(head: ResponseHead, options: WriteOptions): string {
  const framing = options.framing ?? head.framing;
  return framing.kind === "none" ? announced(head) : framingText(framing);
}

function announced(head: ResponseHead): string {
  return head.announcedBytes === undefined ? "" : `Content-Length: ${head.announcedBytes}\r\n`;
}

function opening(head: RequestHead, options: WriteOptions): string {
  return startLine(head, options) + hostLine(options.authority ?? head.authority);
}

function startLine(head: RequestHead, { target }: WriteOptions): string {
  if (target === undefined && head instanceof ParsedRequest && head.startLine !== undefined) return head.startLine;
  return `${head.method} ${target ?? targetToSend(head)} HTTP/1.1\r\n`;
}

let lastHost = "";
let lastHostLine = "Host: \r\n";

/** Messages in a row mostly go to one host. */
function hostLine(host: string): string {
  if (host !== lastHost) {
    lastHost = host;
    lastHostLine = `Host: ${host}\r\n`;
  }
  return lastHostLine;
}

/** An origin server wants the path, not the URI that a proxy got (RFC 9112 §3.2.1). */
function targetToSend(head: RequestHead): string {
  const target = head.target;
  if (target.charCodeAt(0) === SLASH || head.method === "CONNECT") return target;
  const query = target.indexOf("?");
  return query < 0 ? head.path : head.path + target.slice(query);
}

/** A head that our readers did not make is checked here; that it fails is a mistake of ours, so it throws. */
function checkRequest(head: RequestHead): void {
  if (!isToken(head.method)) throw new TypeError(`not a method: ${JSON.stringify(head.method)}`);
  if (!isTarget(head)) throw new TypeError(`not a request target: ${JSON.stringify(head.target)}`);
  if (head.authority !== "" && !isAuthority(head.authority)) {
    throw new TypeError(`not a host: ${JSON.stringify(head.authority)}`);
  }
  checkUpgrade(head.upgrade);
}

function checkResponse(head: ResponseHead): void {
  if (!Number.isInteger(head.status) || head.status < 100 || head.status > 599) {
    throw new TypeError(`not a status code: ${head.status}`);
  }
  if (head.reason !== "") fieldLines(["reason", head.reason]);
  checkUpgrade(head.upgrade);
}

function checkUpgrade(upgrade: string | undefined): void {
  if (upgrade !== undefined) fieldLines(["Upgrade", upgrade]);
}

function isTarget(head: RequestHead): boolean {
  const { method, target } = head;
  if (target.charCodeAt(0) !== SLASH) return !("rule" in otherTarget(method, target));
  const end = endOfPath(target, 0);
  return (
    end === target.length || (target.charCodeAt(end) === QUESTION && endOfQuery(target, end + 1) === target.length)
  );
}

function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (TOKEN[text.charCodeAt(i)] !== 1) return false;
  return text.length > 0;
}
