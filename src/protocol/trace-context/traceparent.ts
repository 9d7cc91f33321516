// The traceparent field of W3C Trace Context (https://www.w3.org/TR/trace-context/): read strictly, written fast.
// Ids are unsigned 32-bit words, big-endian, as the columns of a span hold them.
import { readLatin1, writeLatin1 } from "../http1/latin1.ts";
import type { FieldLines } from "../http1/types.ts";

export type TraceContext = {
  trace0: number;
  trace1: number;
  trace2: number;
  trace3: number;
  /** the id of the sender's span */
  parent0: number;
  parent1: number;
  /** bit 0: sampled */
  flags: number;
};

export function emptyTraceContext(): TraceContext {
  return { trace0: 0, trace1: 0, trace2: 0, trace3: 0, parent0: 0, parent1: 0, flags: 0 };
}

const LENGTH = 55;
const DASH = 0x2d;

/**
 * Reads `text` into `context`. False for what is not valid: the caller then begins a new trace (§3.2.2.3), and `context`
 * holds nothing of use. Of a version after 00 the known parts are read (§4.3), what follows them is left alone.
 */
export function parseTraceparent(text: string, context: TraceContext): boolean {
  if (text.length < LENGTH) return false;
  if (text.charCodeAt(2) !== DASH || text.charCodeAt(35) !== DASH || text.charCodeAt(52) !== DASH) return false;
  const version = hex(text, 0, 2);
  if (version < 0 || version === 0xff) return false;
  if (text.length > LENGTH && (version === 0 || text.charCodeAt(LENGTH) !== DASH)) return false;

  const trace0 = hex(text, 3, 8);
  const trace1 = hex(text, 11, 8);
  const trace2 = hex(text, 19, 8);
  const trace3 = hex(text, 27, 8);
  const parent0 = hex(text, 36, 8);
  const parent1 = hex(text, 44, 8);
  const flags = hex(text, 53, 2);
  if (trace0 < 0 || trace1 < 0 || trace2 < 0 || trace3 < 0 || parent0 < 0 || parent1 < 0 || flags < 0) return false;
  if (trace0 + trace1 + trace2 + trace3 === 0 || parent0 + parent1 === 0) return false;

  context.trace0 = trace0;
  context.trace1 = trace1;
  context.trace2 = trace2;
  context.trace3 = trace3;
  context.parent0 = parent0;
  context.parent1 = parent1;
  context.flags = flags;
  return true;
}

/** `digits` lower-case hexadecimal digits as a number, -1 when there is another character among them */
function hex(text: string, from: number, digits: number): number {
  let value = 0;
  for (let i = from; i < from + digits; i++) {
    const code = text.charCodeAt(i);
    let digit: number;
    if (code >= 0x30 && code <= 0x39) digit = code - 0x30;
    else if (code >= 0x61 && code <= 0x66) digit = code - 0x57;
    else return -1;
    value = value * 16 + digit;
  }
  return value;
}

const DIGITS = Buffer.from("0123456789abcdef");
const NAME = "traceparent: ";
const END = NAME.length + LENGTH;
const TEMPLATE = `${NAME}00-${"0".repeat(32)}-${"0".repeat(16)}-00\r\n`;
export const TRACEPARENT_LINE_BYTES = TEMPLATE.length;
// One line, whose digits are replaced in place and copied out: a third of the time of any way with string pieces.
const line = Buffer.from(TEMPLATE);

/** The field line for a request that `context.parent` sends on; version 00, of the flags only `sampled`. */
export function traceparentLine(context: TraceContext): FieldLines {
  fill(line, 0, context);
  return readLatin1(line, 0, line.length) as FieldLines;
}

/** Writes the same line into a buffer that has room for it, without a string between. Returns the offset behind it. */
export function writeTraceparentLine(into: Buffer, at: number, context: TraceContext): number {
  writeLatin1(into, TEMPLATE, at);
  fill(into, at, context);
  return at + TRACEPARENT_LINE_BYTES;
}

/** The value alone. */
export function formatTraceparent(context: TraceContext): string {
  fill(line, 0, context);
  return readLatin1(line, NAME.length, END);
}

/** The digits of the line that begins at `at`. */
function fill(into: Buffer, at: number, context: TraceContext): void {
  const value = at + NAME.length;
  put(into, value + 3, context.trace0);
  put(into, value + 11, context.trace1);
  put(into, value + 19, context.trace2);
  put(into, value + 27, context.trace3);
  put(into, value + 36, context.parent0);
  put(into, value + 44, context.parent1);
  into[at + END - 1] = DIGITS[context.flags & 1]!;
}

function put(into: Buffer, from: number, word: number): void {
  for (let shift = 28, at = from; shift >= 0; shift -= 4, at++) into[at] = DIGITS[(word >>> shift) & 15]!;
}
