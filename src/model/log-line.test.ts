import { expect, test } from "bun:test";
import { formatLogLine, type LogStream, parseLogLine } from "./log-line.ts";

test.each(["stdout", "stderr", "mesh"] satisfies LogStream[])(
  "a line of %s is read back as it was written",
  (stream) => {
    const line = { timeUs: 1_700_000_000_123_456, stream, text: "GET / 200 – öä  two spaces " };

    expect(parseLogLine(formatLogLine(line).slice(0, -1))).toEqual(line);
  },
);

test("an empty line is a line", () => {
  expect(parseLogLine("17 o ")).toEqual({ timeUs: 17, stream: "stdout", text: "" });
});

test.each(["", "17", "17 x text", "x o text", " o text", "17 o", "17 otext"])("%p is no line of ours", (line) => {
  expect(parseLogLine(line)).toBeUndefined();
});
