// The grammar of chunk extensions: *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] ), RFC 9112 §7.1.1.
import { TOKEN, VALUE } from "./characters.ts";

const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export function areExtensions(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    at = skipBlank(text, at);
    if (text.charCodeAt(at) !== SEMICOLON) return false;
    const name = skipBlank(text, at + 1);
    at = skipToken(text, name);
    if (at === name) return false;
    const equals = skipBlank(text, at);
    if (text.charCodeAt(equals) !== EQUALS) continue;
    const value = skipBlank(text, equals + 1);
    at = text.charCodeAt(value) === QUOTE ? skipQuoted(text, value) : skipToken(text, value);
    if (at <= value) return false;
  }
  return true;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t") at++;
  return at;
}

function skipToken(text: string, from: number): number {
  let at = from;
  while (TOKEN[text.charCodeAt(at)] === 1) at++;
  return at;
}

/** Index behind the closing quote, -1 when there is none. */
function skipQuoted(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    let code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) code = text.charCodeAt(++at);
    if (VALUE[code] !== 1) return -1;
  }
  return -1;
}
