// Paths as they are recorded: what looks like a secret or names a person does not leave the worker. A keyed hash takes its place,
// so that calls with the same one are still known to belong together, for as long as the key lives.
import { looksSecret } from "../../../base/drawn.ts";
import { MASK, redact } from "../../../base/redact.ts";
import { type Hash, type SipKey, sipHash } from "../../../base/siphash.ts";

/** A shorter segment is neither a token nor a card's number, nor is one without a digit; `@`, `%` and `;` tell of the others. */
const SHORTEST = 13;
const SHORTEST_ID = 16;
const LONGEST = 1_024;
const FILE = /\.(?:m?js|css|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|wasm)$/i;
const [AT, PERCENT, SEMICOLON, SLASH, DASH] = [..."@%;/-"].map((sign) => sign.charCodeAt(0));
const [ZERO, NINE, A, F] = [..."09af"].map((sign) => sign.charCodeAt(0)) as [number, number, number, number];

const hash: Hash = { high: 0, low: 0 };

/** @param key undefined: there is none, and nothing takes the place of what is masked */
export function maskedPath(path: string, key: SipKey | undefined): string {
  if (!isSuspect(path)) return path;
  return path
    .slice(0, LONGEST)
    .split("/")
    .map((segment) => (isSuspect(segment) ? maskedSegment(segment, key) : segment))
    .join("/");
}

/** One look at each character; most paths need no more. */
function isSuspect(path: string): boolean {
  let length = 0;
  let hasDigit = false;
  for (let at = 0; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (code === SLASH) {
      length = 0;
      hasDigit = false;
      continue;
    }
    if (code >= ZERO && code <= NINE) hasDigit = true;
    if (++length >= SHORTEST && hasDigit) return true;
    if (code === AT || code === PERCENT || code === SEMICOLON) return true;
  }
  return false;
}

function maskedSegment(segment: string, key: SipKey | undefined): string {
  if (!isHexId(segment)) {
    const end = segment.indexOf(";"); // parameters, such as `;jsessionid=…`
    if (end >= 0) return `${maskedSegment(segment.slice(0, end), key)};${MASK}`;
    const text = decoded(segment);
    if (FILE.test(text) || !(looksSecret(text) || redact(text) !== text)) return segment;
  }
  if (!key) return MASK;
  sipHash(key, segment, hash);
  return `*${hash.high.toString(16).padStart(8, "0")}`;
}

/** As most ids of sessions are, and UUIDs; a quick look, as every call to a cart may have one. */
function isHexId(segment: string): boolean {
  if (segment.length < SHORTEST_ID) return false;
  let digits = 0;
  let letters = 0;
  for (let at = 0; at < segment.length; at++) {
    const code = segment.charCodeAt(at);
    const small = code | 32;
    if (code >= ZERO && code <= NINE) digits++;
    else if (small >= A && small <= F) letters++;
    else if (code !== DASH) return false;
  }
  return digits > 0 && letters > 0;
}

function decoded(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
