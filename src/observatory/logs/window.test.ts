import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatLogLine } from "../../model/log-line.ts";
import { linesWithin } from "./window.ts";

/** 30,000 lines of 10 ms each over three files, of some 2 MB: far more than a block. */
function withLog(use: (path: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "meshwise-log-"));
  const path = join(directory, "web-1.log");
  const part = (from: number) =>
    Array.from({ length: 10_000 }, (_, at) => {
      const text = `line ${from + at} ${"x".repeat((from + at) % 100)}`;
      return formatLogLine({ timeUs: (from + at) * 10_000, stream: "stdout", text });
    }).join("");
  writeFileSync(`${path}.2`, part(0));
  writeFileSync(`${path}.1`, part(10_000));
  writeFileSync(path, `${part(20_000)}300000000 o a line that has no end`);
  try {
    use(path);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const found = (path: string, from: number, to: number, limit: number) =>
  linesWithin(path, { fromUs: from * 10_000, toUs: to * 10_000 }, limit).lines.map(({ timeUs }) => timeUs / 10_000);
const down = (from: number, count: number) => Array.from({ length: count }, (_, at) => from - at);

test.each([
  ["in the middle of a file", 25_000, 25_010, 100, down(25_009, 10)],
  ["at the beginning of all", 0, 5, 100, down(4, 5)],
  ["over the border of two files", 19_998, 20_003, 100, down(20_002, 5)],
  ["at the end, the newest first", 0, 40_000, 3, down(29_999, 3)],
  ["over all three files", 0, 40_000, 50_000, down(29_999, 30_000)],
  ["before anything was said", -10, 0, 100, []],
  ["after everything", 40_000, 50_000, 100, []],
] as const)("lines %s", (_, from, to, limit, lines) => {
  withLog((path) => expect(found(path, from, to, limit)).toEqual([...lines]));
});

test("a log that is not there has no lines", () => {
  expect(linesWithin("/nowhere/web-1.log", { fromUs: 0, toUs: 1 }, 10)).toEqual({ lines: [], isCut: false });
});
