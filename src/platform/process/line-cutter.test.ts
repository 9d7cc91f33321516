import { expect, test } from "bun:test";
import { lineCutter, MAX_LINE_BYTES } from "./line-cutter.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("lines come out whole, however their bytes came in", () => {
  const cutter = lineCutter();
  const lines = [...bytes("eins\nzwöi\n\r\ndrei")].flatMap((byte) => cutter.push(Uint8Array.of(byte)));

  expect(lines).toEqual(["eins", "zwöi", ""]);
  expect(cutter.end()).toEqual(["drei"]);
  expect(cutter.end()).toEqual([]);
});

test("a line without end is cut, and no character is split", () => {
  const cutter = lineCutter();
  const long = "ä".repeat(MAX_LINE_BYTES);

  const lines = [...cutter.push(bytes(`x${long}`)), ...cutter.end()];

  expect(lines.length).toBeGreaterThan(1);
  expect(lines.join("")).toBe(`x${long}`);
});
