import { expect, test } from "bun:test";
import fc from "fast-check";
import { csvReader } from "./csv.ts";
import { Misread } from "./misread.ts";
import { readTime } from "./time.ts";
import { type XesEvent, xesReader } from "./xes.ts";

const AT = Date.UTC(2030, 0, 31, 12, 0, 5);

test.each([
  ["2030-01-31T12:00:05Z", AT],
  ["2030-01-31 12:00:05", AT],
  ["2030-01-31T14:00:05.250+02:00", AT + 250],
  ["2030-01-31T06:30:05,5-0530", AT + 500],
  ["2030-01-31T13:00:05+01", AT],
  ["2030-01-31T12:00", AT - 5000],
  ["2030-01-31", Date.UTC(2030, 0, 31)],
  [`${AT / 1000}`, AT],
  [`${AT / 1000}.125`, AT + 125],
  [`${AT}`, AT],
  [`${AT}500`, AT + 0.5],
  ["0", 0],
  ["2030-02-29", Number.NaN],
  ["2030-13-01", Number.NaN],
  ["2030-01-31T25:00:00Z", Number.NaN],
  ["31.01.2030", Number.NaN],
  ["", Number.NaN],
  ["soon", Number.NaN],
])("time %p", (text, ms) => {
  expect(Math.round(readTime(text) * 1000)).toBe(Math.round(ms * 1000));
});

function rows(...chunks: string[]): string[][] {
  const found: string[][] = [];
  const reader = csvReader((fields) => found.push([...fields]));
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return found;
}

test.each([
  [
    "a,b\n1,2\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "\uFEFFa;b\r\n1;2",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "a\tb\r1\t2\r",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    'a,b\n"x, ""y""\nz",2\n\n3,\n',
    [
      ["a", "b"],
      ['x, "y"\nz', "2"],
      ["3", ""],
    ],
  ],
  [
    '"a;b",c\n1,2',
    [
      ["a;b", "c"],
      ["1", "2"],
    ],
  ],
])("CSV %j", (text, expected) => {
  expect(rows(text)).toEqual(expected);
});

test("CSV is the same however it is cut into pieces", () => {
  const field = fc.oneof(fc.constantFrom("", 'say "no"', "a,b", "line\nbreak", "line\r\nbreak"), fc.string());
  const sheets = fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(sheets, fc.constantFrom("\n", "\r\n"), fc.integer({ min: 1, max: 9 }), (sheet, end, size) => {
      const quoted = sheet.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(","));
      const text = ["a,b", ...quoted].join(end);
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
        text.slice(at * size, at * size + size),
      );

      expect(rows(...pieces)).toEqual([["a", "b"], ...sheet]);
    }),
  );
});

test("a mistake in CSV names the line on which its row begins", () => {
  const text = 'a,b\n"1\n1",2\n"x"y,3\n';

  expect(() => rows(text)).toThrow(new Misread(4, 'has "y" after a quote'));
  expect(() => rows('a,b\n"1,2\n')).toThrow("has a quote that is not closed");
});

function xes(text: string, size = text.length): XesEvent[] {
  const found: XesEvent[] = [];
  const reader = xesReader((event) => found.push(event));
  for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
  reader.end();
  return found;
}

const HOSPITAL = `<?xml version="1.0" encoding="UTF-8" ?>
<!-- <trace> in a comment is none -->
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="__INVALID__"/></global>
  <classifier name="Event Name" keys="concept:name"/>
  <string key="concept:name" value="a hospital"/>
  <trace>
    <string key="concept:name" value="case &lt;1&gt;"/>
    <string key="diagnosis" value="A"/>
    <event>
      <string key="concept:name" value='ER "Triage" &#38; &#x41;'/>
      <date key="time:timestamp" value="2030-01-31T12:00:05.000+00:00"/>
      <string key="lifecycle:transition" value="COMPLETE"/>
      <string key="org:group" value="B"><string key="inner" value="no"/></string>
    </event>
  </trace>
  <trace><event><date key="time:timestamp" value="2030-01-31T12:00:05Z"/><string key="concept:name" value="x"/></event></trace>
</log>`;

test.each([1, 7, 10_000])("XES in pieces of %p", (size) => {
  const [first, second, ...more] = xes(HOSPITAL, size);

  expect(first).toEqual({
    ...{ timeMs: AT, trace: "case <1>", name: 'ER "Triage" & A', transition: "complete" },
    attributes: new Map([
      ["org:group", "B"],
      ["case:diagnosis", "A"],
    ]),
  });
  expect(second).toMatchObject({ trace: "trace 2", name: "x", transition: "" });
  expect(more).toEqual([]);
});

test.each([
  ["<log><trace></log>", "has </log> where nothing of that name is open"],
  ["<log>\n<trace><event/></trace></log>", "has an event without concept:name"],
  ["<html></html>", "begins with <html>, and XES with <log>"],
  ["<log>", "ends without </log>"],
  ['<!DOCTYPE x [<!ENTITY a "b">]><log/>', "has a document type, which is not read"],
  ['<log a="&own;"/>', "has &own;, which is no character"],
  ['<log a="1" b/>', "has a tag with a malformed attribute"],
  ["<log><x", "ends within a tag"],
])("XES %j is refused", (text, complaint) => {
  expect(() => xes(text)).toThrow(complaint);
});
