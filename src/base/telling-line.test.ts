import { expect, test } from "bun:test";
import { tellingLine } from "./telling-line.ts";

test("what Node prints after the error does not hide it", () => {
  const said = [
    "node:fs:637",
    "Error: EACCES: permission denied, open '/data/log'",
    "    at open (log.mjs:9:14) {",
    "  code: 'EACCES'",
    "}",
    "",
    "Node.js v20.20.2",
  ];

  expect(tellingLine(said)).toBe("Error: EACCES: permission denied, open '/data/log'");
});

test("Python's error stands at the end", () => {
  const said = ["Traceback (most recent call last):", '  File "a.py", line 1', "KeyError: 'PORT'"];

  expect(tellingLine(said)).toBe("KeyError: 'PORT'");
});

test("without an error it is the last line that says anything", () => {
  expect(tellingLine(["starting", "bye", "", " "])).toBe("bye");
  expect(tellingLine([])).toBeUndefined();
});
