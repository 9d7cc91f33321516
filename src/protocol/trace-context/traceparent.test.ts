// What is a traceparent and what is not: W3C Trace Context §3.2 and §4.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { emptyTraceContext, formatTraceparent, parseTraceparent, traceparentLine } from "./traceparent.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";

test("the ids of a traceparent are read as words", () => {
  const context = emptyTraceContext();

  expect(parseTraceparent(`00-${TRACE}-${PARENT}-01`, context)).toBe(true);

  expect(context).toEqual({
    trace0: 0x0af76519,
    trace1: 0x16cd43dd,
    trace2: 0x8448eb21,
    trace3: 0x1c80319c,
    parent0: 0xb7ad6b71,
    parent1: 0x69203331,
    flags: 1,
  });
});

test.each([
  ["unknown flags", `00-${TRACE}-${PARENT}-ff`],
  ["a later version", `01-${TRACE}-${PARENT}-01`],
  ["a later version with more behind it", `cc-${TRACE}-${PARENT}-01-what-the-future-will-be-like`],
  ["a later version that ends in a dash", `fe-${TRACE}-${PARENT}-00-`],
  ["only the last digit of the ids set", `00-${"0".repeat(31)}1-${"0".repeat(15)}1-00`],
])("valid: %s", (_, text) => {
  expect(parseTraceparent(text, emptyTraceContext())).toBe(true);
});

test.each([
  ["empty", ""],
  ["version ff (§3.2.2.1)", `ff-${TRACE}-${PARENT}-01`],
  ["a trace id of zeros (§3.2.2.3)", `00-${"0".repeat(32)}-${PARENT}-01`],
  ["a parent id of zeros (§3.2.2.4)", `00-${TRACE}-${"0".repeat(16)}-01`],
  ["version 00 with more behind it", `00-${TRACE}-${PARENT}-01-more`],
  ["version 00 with a dash behind it", `00-${TRACE}-${PARENT}-01-`],
  ["a later version without dash before the rest", `01-${TRACE}-${PARENT}-01.more`],
  ["upper-case trace id", `00-${TRACE.toUpperCase()}-${PARENT}-01`],
  ["upper-case parent id", `00-${TRACE}-${PARENT.toUpperCase()}-01`],
  ["upper-case version", `0A-${TRACE}-${PARENT}-01`],
  ["upper-case flags", `00-${TRACE}-${PARENT}-0A`],
  ["a short trace id", `00-${TRACE.slice(1)}-${PARENT}-01`],
  ["a long trace id", `00-${TRACE}0-${PARENT}-01`],
  ["a short parent id", `00-${TRACE}-${PARENT.slice(1)}-01`],
  ["one digit of flags", `00-${TRACE}-${PARENT}-1`],
  ["a digit that is none", `00-${TRACE.replace("0", "g")}-${PARENT}-01`],
  ["a sign among the digits", `00-${TRACE.replace("0", "+")}-${PARENT}-01`],
  ["other separators", `00_${TRACE}_${PARENT}_01`],
  ["spaces around", ` 00-${TRACE}-${PARENT}-01`],
  ["two in one field", `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`],
])("invalid: %s", (_, text) => {
  expect(parseTraceparent(text, emptyTraceContext())).toBe(false);
});

test("what is written is read back, for any ids", () => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  const notZero = fc.integer({ min: 1, max: 0xffffffff });
  const contexts = fc.record({
    trace0: word,
    trace1: word,
    trace2: word,
    trace3: notZero,
    parent0: notZero,
    parent1: word,
    flags: fc.constantFrom(0, 1),
  });
  fc.assert(
    fc.property(contexts, (context) => {
      const read = emptyTraceContext();
      expect(parseTraceparent(formatTraceparent(context), read)).toBe(true);
      expect(read).toEqual(context);
    }),
  );
});

test("the line is the value with its name, and unknown flags are not passed on", () => {
  const context = emptyTraceContext();
  parseTraceparent(`01-${TRACE}-${PARENT}-ff-more`, context);

  expect(traceparentLine(context) as string).toBe(`traceparent: 00-${TRACE}-${PARENT}-01\r\n`);
});

test("no text makes the reader throw", () => {
  fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => !parseTraceparent(text, emptyTraceContext())));
});
