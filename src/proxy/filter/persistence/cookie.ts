// One cookie out of the Cookie lines (RFC 6265 §5.4).
import { isNamed } from "../../../protocol/http1/lines.ts";

/** The value of the first cookie of that name. */
export function cookieValue(lines: string, name: string): string | undefined {
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf("\r\n", at);
    if (lines.startsWith(": ", at + 6) && isNamed(lines, at, "cookie")) {
      const value = inCookies(lines, at + 8, end, name);
      if (value !== undefined) return value;
    }
    at = end + 2;
  }
  return undefined;
}

function inCookies(text: string, from: number, to: number, name: string): string | undefined {
  for (let at = from; at < to; ) {
    const semicolon = text.indexOf(";", at);
    const end = semicolon < 0 || semicolon > to ? to : semicolon;
    while (text.charCodeAt(at) === 0x20) at++;
    if (text.startsWith(name, at) && text.charCodeAt(at + name.length) === 0x3d) {
      return text.slice(at + name.length + 1, end).trim();
    }
    at = end + 1;
  }
  return undefined;
}
