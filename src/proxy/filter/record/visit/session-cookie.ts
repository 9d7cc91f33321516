// Which of the cookies is the session: the one that looks drawn at random and is called like a session, else any that looks
// drawn and is not known to be something else. By name and value alone, so that each worker comes to the same.

import { remembered } from "./remembered.ts";

/** in the order in which they are preferred; null: never */
type Rank = 0 | 1 | null;

const NOT_A_SESSION =
  /^(?:_ga|_gid|_gat|_gcl|_gac|__utm|_fb[pc]|_hj|_pk_|_clck|_clsk|_uet|_scid|_tt|ajs_|amp_|amplitude|mp_|optimizely|_vw|intercom|hubspot|__hs|AWSALB|__cf|cf_|incap_|visid_|ak_bmsc|bm_|datadome|_dd_s|OptanonConsent|CookieConsent)|csrf|xsrf|consent|utm|locale|theme|timezone/i;
const SESSION = /sess|sid$|sid[._-]|^sid|auth|token|login|jwt|identity|remember|user|account|visitor|client/i;

const SHORTEST = 16;
const MOST_NAMES = 512;

export type SessionCookie = { name: string; value: string };

/** @param before the best so far @returns the better of the two; the same from whichever end one begins */
export function better(before: SessionCookie | undefined, name: string, value: string): SessionCookie | undefined {
  if (!isHardToGuess(value)) return before;
  const rank = rankOf(name);
  if (rank === null) return before;
  if (before) {
    const other = rankOf(before.name) ?? 1;
    if (other < rank || (other === rank && before.name <= name)) return before;
  }
  return { name, value };
}

/** The session among the cookies in `text[from, to)`, or a better one found before. */
export function inCookies(
  text: string,
  from: number,
  to: number,
  found: SessionCookie | undefined,
): SessionCookie | undefined {
  let best = found;
  for (let at = from; at < to; ) {
    while (text.charCodeAt(at) === 0x20) at++;
    let end = text.indexOf(";", at);
    if (end < 0 || end > to) end = to;
    // most cookies are too short to be one
    if (end - at > SHORTEST) {
      const equals = text.indexOf("=", at);
      if (equals > at && end - equals > SHORTEST) {
        best = better(best, text.slice(at, equals), text.slice(equals + 1, end));
      }
    }
    at = end + 1;
  }
  return best;
}

const rankOf = remembered<Rank>(MOST_NAMES, (name) => {
  const bare = name.replace(/^__(?:Host|Secure)-/i, "");
  return NOT_A_SESSION.test(bare) ? null : SESSION.test(bare) ? 0 : 1;
});

/** Letters and digits of which enough are different, as of 64 random bits; no list, no words, no structure. */
export function isHardToGuess(value: string): boolean {
  const size = Math.min(value.length, 128);
  if (size < SHORTEST) return false;
  let low = 0; // characters seen, by code: 32–63, 64–95, 96–127
  let middle = 0;
  let high = 0;
  for (let at = 0; at < size; at++) {
    const code = value.charCodeAt(at);
    const bit = 1 << (code & 31);
    if (code < 32 || code > 126 || code === 0x7b) return false; // `{`: structured
    if (code < 64) low |= bit;
    else if (code < 96) middle |= bit;
    else high |= bit;
  }
  const digits = (low >>> 16) & 0x3ff; // `0` to `9` are 48 to 57
  const hasLetters = (middle & 0x07fffffe) !== 0 || (high & 0x07fffffe) !== 0;
  if (digits === 0 || !hasLetters || value.startsWith("%7B")) return false;
  return ones(low) + ones(middle) + ones(high) >= 8;
}

function ones(word: number): number {
  let left = word - ((word >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return (Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24) & 63;
}
