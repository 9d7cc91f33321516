// Tells HTTP/1 from everything else by a connection's first bytes. TLS, the HTTP/2 preface and other protocols with
// words and spaces (Redis, memcached, SMTP) are opaque: the whole first line decides, so that none is taken for HTTP.

export type Guess =
  | "http"
  | "tcp"
  /** begins like HTTP, its first line is not complete: wait for the rest as for a request */
  | "likely"
  /** could still be either: wait a moment only */
  | "unsure";

const LF = 10;
const CR = 13;
const SPACE = 32;
const KNOWN = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|TRACE) [/h*]/;
const REQUEST_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32} [^ ]+ HTTP\/1\.[0-9]\r?$/;

/** @param limit the longest first line that is waited for, bytes */
export function guessProtocol(bytes: Uint8Array, limit: number): Guess {
  // RFC 9112 §2.2: a server should ignore an empty line before the request line
  const start = skipEmptyLine(bytes);
  const end = bytes.indexOf(LF, start);
  if (end >= 0) {
    if (end - start > limit) return "tcp";
    return REQUEST_LINE.test(text(bytes, start, end)) ? "http" : "tcp";
  }
  if (bytes.length > limit) return "tcp";
  for (let i = start; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === SPACE) break;
    if (i - start >= 32 || !isToken(byte)) return "tcp";
  }
  return KNOWN.test(text(bytes, start, Math.min(bytes.length, start + 16))) ? "likely" : "unsure";
}

function skipEmptyLine(bytes: Uint8Array): number {
  if (bytes[0] === LF) return 1;
  return bytes[0] === CR && bytes[1] === LF ? 2 : 0;
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1");
}

/** RFC 9110 §5.6.2, roughly: visible ASCII without the delimiters that other protocols begin with */
function isToken(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && !'"(),/:;<=>?@[\\]{}'.includes(String.fromCharCode(byte));
}
