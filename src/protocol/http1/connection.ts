// The Connection field: what it says about the connection, and which fields it takes out (RFC 9110 §7.6.1).
import { COMMA, SPACE, spells, TAB, TOKEN } from "./characters.ts";
import type { FieldLines, Violation } from "./types.ts";
import { violation } from "./violation.ts";

export type ConnectionOptions = {
  readonly close: boolean;
  readonly keepAlive: boolean;
  readonly upgrade: boolean;
  /** lower-case names of fields that end here, beyond those that always do */
  readonly names: readonly string[];
};

const NO_NAMES: readonly string[] = [];
const NONE: ConnectionOptions = { close: false, keepAlive: false, upgrade: false, names: NO_NAMES };
const KEEP_ALIVE: ConnectionOptions = { ...NONE, keepAlive: true };
const CLOSE: ConnectionOptions = { ...NONE, close: true };

/** Fields that frame or route the message: who names them here hopes that someone drops them. */
const NEVER = new Set(["host", "content-length", "transfer-encoding"]);
/** Fields that never pass this proxy, so naming them changes nothing. */
const ALWAYS = new Set(["keep-alive", "proxy-connection", "connection", "te", "upgrade"]);

/** @param value all Connection lines, joined by commas */
export function connectionOptions(value: string): ConnectionOptions | Violation {
  if (value === "") return NONE;
  if (value.length === 10 && spells(value, 0, "keep-alive")) return KEEP_ALIVE;
  if (value.length === 5 && spells(value, 0, "close")) return CLOSE;
  return listed(value);
}

function listed(value: string): ConnectionOptions | Violation {
  let close = false;
  let keepAlive = false;
  let upgrade = false;
  let names = NO_NAMES;
  for (const name of tokens(value)) {
    if (name === undefined) return violation(400, "RFC 9110 §7.6.1", "Connection is not a list of tokens");
    if (NEVER.has(name)) return violation(400, "RFC 9110 §7.6.1", `Connection names ${name}`);
    if (name === "close") close = true;
    else if (name === "keep-alive") keepAlive = true;
    else if (name === "upgrade") upgrade = true;
    else if (!ALWAYS.has(name)) names = [...names, name];
  }
  return { close, keepAlive, upgrade, names };
}

/** The tokens of a comma-separated list in lower case; undefined for an element that is none. Empty elements are
 *  skipped (RFC 9110 §5.6.1). */
function* tokens(value: string): Generator<string | undefined> {
  let at = 0;
  while (at < value.length) {
    let code = value.charCodeAt(at);
    if (code === COMMA || code === SPACE || code === TAB) {
      at++;
      continue;
    }
    const start = at;
    while (TOKEN[code] === 1) code = value.charCodeAt(++at);
    const end = at;
    while (code === SPACE || code === TAB) code = value.charCodeAt(++at);
    if (end === start || (at < value.length && code !== COMMA)) {
      yield undefined;
      return;
    }
    yield value.slice(start, end).toLowerCase();
  }
}

/** The field lines without those that Connection names. */
export function withoutNamed(lines: FieldLines, names: readonly string[]): FieldLines {
  let kept = "";
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf("\r\n", at) + 2;
    const name = lines.slice(at, lines.indexOf(":", at)).toLowerCase();
    if (!names.includes(name)) kept += lines.slice(at, end);
    at = end;
  }
  return kept as FieldLines;
}
