// The values that matches compare: of a header, of a query parameter. Read out of the text, when a route asks for them.
import { isNamed } from "../../../protocol/http1/lines.ts";

const COLON = 0x3a;
const AMPERSAND = 0x26;
const EQUALS = 0x3d;
/** All lines of a field joined by "," (RFC 9110 §5.3); undefined: there is none. @param name in lower case */
export function headerValue(lines: string, name: string): string | undefined {
  let found: string | undefined;
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf("\r\n", at);
    if (lines.charCodeAt(at + name.length) === COLON && isNamed(lines, at, name)) {
      const value = lines.slice(at + name.length + 2, end);
      found = found === undefined ? value : `${found},${value}`;
    }
    at = end + 2;
  }
  return found;
}

/** The first parameter of that name, decoded; undefined: there is none. */
export function queryValue(target: string, name: string): string | undefined {
  const start = target.indexOf("?");
  if (start < 0) return undefined;
  for (let at = start + 1; at <= target.length; ) {
    const end = endOf(target, at, AMPERSAND, target.length);
    const equals = endOf(target, at, EQUALS, end);
    if (isDecoded(target, at, equals, name)) return decoded(target.slice(equals + 1, end));
    at = end + 1;
  }
  return undefined;
}

function endOf(text: string, from: number, code: number, limit: number): number {
  let at = from;
  while (at < limit && text.charCodeAt(at) !== code) at++;
  return at;
}

function isDecoded(text: string, from: number, to: number, name: string): boolean {
  if (to - from === name.length && text.startsWith(name, from)) return true;
  // an encoded name is longer than what it stands for
  return to - from >= name.length && to > from && decoded(text.slice(from, to)) === name;
}

/** As forms encode (WHATWG URL §5.1): UTF-8 in percent signs, `+` for a space. What is no UTF-8 becomes U+FFFD. */
function decoded(text: string): string {
  if (!/[%+]/.test(text)) return text;
  const bytes = Buffer.from(text.replaceAll("+", " "), "latin1");
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const isEncoded = bytes[at] === 0x25;
    bytes[length++] = isEncoded ? Number.parseInt(bytes.toString("latin1", at + 1, at + 3), 16) : (bytes[at] as number);
    if (isEncoded) at += 2;
  }
  return bytes.toString("utf8", 0, length);
}
