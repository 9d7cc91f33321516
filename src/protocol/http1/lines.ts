// Field lines as text (`Name: value\r\n`, as often as there are fields), and as the array of names and values that people
// who look into them want. Text that came out of a scan, or out of `fieldLine`, is safe to write as it is.
import { SPACE, TAB, TOKEN, VALUE } from "./characters.ts";
import type { FieldLines, Fields } from "./types.ts";

/** Checked lines as [name0, value0, …]. */
export function splitLines(lines: string): Fields {
  const fields: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const colon = lines.indexOf(":", at);
    const end = lines.indexOf("\r\n", colon);
    fields.push(lines.slice(at, colon), lines.slice(colon + 2, end));
    at = end + 2;
  }
  return fields;
}

/** The value of the first field called `name` (lower case), without making an array. */
export function fieldValue(lines: string, name: string): string | undefined {
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf("\r\n", at);
    if (lines.charCodeAt(at + name.length) === 0x3a && isNamed(lines, at, name)) {
      return lines.slice(at + name.length + 2, end);
    }
    at = end + 2;
  }
  return undefined;
}

/** The lines without the fields of these names (lower case); the same text when none is there. */
export function withoutFields(lines: FieldLines, names: readonly string[]): FieldLines {
  let kept = "";
  let from = 0;
  for (let at = 0; at < lines.length; ) {
    const colon = lines.indexOf(":", at);
    const end = lines.indexOf("\r\n", colon) + 2;
    if (isOneOf(lines, at, colon, names)) {
      kept += lines.slice(from, at);
      from = end;
    }
    at = end;
  }
  return from === 0 ? lines : ((kept + lines.slice(from)) as FieldLines);
}

function isOneOf(text: string, from: number, to: number, names: readonly string[]): boolean {
  for (const name of names) if (name.length === to - from && isNamed(text, from, name)) return true;
  return false;
}

/** by character code, upper case letters as lower case */
const LOWER = Uint8Array.from({ length: 256 }, (_, code) => (code >= 0x41 && code <= 0x5a ? code | 0x20 : code));

/** Does `text` have `name` (lower case) at `from`, in any case? */
export function isNamed(text: string, from: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    if (LOWER[text.charCodeAt(from + i)] !== name.charCodeAt(i)) return false;
  }
  return true;
}

/** One line for the wire. Throws on a name or value that a field cannot have: nothing of ours can inject a line. */
export function fieldLine(name: string, value: string): FieldLines {
  if (!isName(name)) throw new TypeError(`not a field name: ${JSON.stringify(name)}`);
  if (!isValue(value)) throw new TypeError(`not a value for the field ${name}: ${JSON.stringify(value)}`);
  return `${name}: ${value}\r\n` as FieldLines;
}

export function fieldLines(fields: Fields): FieldLines {
  let lines = "";
  for (let i = 0; i + 1 < fields.length; i += 2) lines += fieldLine(fields[i]!, fields[i + 1]!);
  return lines as FieldLines;
}

export function joinLines(first: FieldLines, second: FieldLines): FieldLines {
  return (first === "" ? second : second === "" ? first : first + second) as FieldLines;
}

/** The same text in one piece. Of a text that was joined the engine keeps the pieces, however long it lives, and puts them
 *  together anew at each writing of a text that it is a piece of. */
export function compact(lines: FieldLines): FieldLines {
  return Buffer.from(lines, "latin1").toString("latin1") as FieldLines;
}

function isName(name: string): boolean {
  for (let i = 0; i < name.length; i++) if (TOKEN[name.charCodeAt(i)] !== 1) return false;
  return name.length > 0;
}

function isValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (VALUE[value.charCodeAt(i)] !== 1) return false;
  return !isBlank(value.charCodeAt(0)) && !isBlank(value.charCodeAt(value.length - 1));
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
