// Which bytes may stand where, as tables of 256 flags: one load per character of a head.
// A look-up with NaN (behind the end of a string) gives undefined, which is falsy, so loops need no bounds check.

const DIGITS = "0123456789";
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const PERCENT = 0x25;
export const COMMA = 0x2c;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const QUESTION = 0x3f;

/** RFC 9110 §5.6.2 */
export const TOKEN = flags(`!#$%&'*+-.^_\`|~${DIGITS}${LETTERS}`);

/** field-vchar, SP and HTAB: RFC 9110 §5.5 */
export const VALUE = flags("\t");
for (let code = 0x20; code < 256; code++) VALUE[code] = code === 0x7f ? 0 : 1;

export const HEX = flags(`${DIGITS}abcdefABCDEF`);

/**
 * What a browser's URL serialiser can emit in a path: RFC 3986 §3.3 and `[ ] { } | ^` and the backtick, which are in daily
 * use and mean one thing to everyone. Without `%`, which the reader checks, and without `" # < > \`: some servers take
 * a backslash for a slash, and a fragment is never sent.
 */
export const PATH = flags(`!$&'()*+,-./:;=@_~[]{}|^\`${DIGITS}${LETTERS}`);

/** The same for a query, where a question mark and a backslash are data. */
export const QUERY = flags(`!$&'()*+,-./:;=@_~[]{}|^\`?\\${DIGITS}${LETTERS}`);

/**
 * A host's name: RFC 3986 §3.2.2 reg-name, but only its unreserved characters. No name has sub-delims or percent signs,
 * and servers do not agree on what a comma there means.
 */
export const HOST = flags(`-._~${DIGITS}${LETTERS}`);

/** Inside the brackets of an IPv6 address, an embedded IPv4 one included. */
export const IPV6 = flags(`:.${DIGITS}abcdefABCDEF`);

function flags(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

/** the value of a hexadecimal digit's character code */
export function hexValue(code: number): number {
  return code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57;
}

/**
 * Does `text[start, start + name.length)` spell `name` in any case? `name`: lower case letters and `-`. Or-ing 0x20 maps
 * only letters onto letters; onto `-` it maps CR too, which no checked name or value holds.
 */
export function spells(text: string, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    if ((text.charCodeAt(start + i) | 0x20) !== name.charCodeAt(i)) return false;
  }
  return true;
}
