// The small languages inside a Compose file: .env, commands, durations, sizes, ports.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is Compose's syntax for variables
import { expect, test } from "bun:test";
import { nearest } from "../yaml/suggest.ts";
import { parseDotenv } from "./dotenv.ts";
import { parseShortPort } from "./ports.ts";
import { durationMs, sizeBytes } from "./units.ts";
import { splitWords } from "./words.ts";

test.each([
  ["A=1", { A: "1" }],
  ["A=1\r\nB=2\r\n", { A: "1", B: "2" }],
  ["# c\n\n  export A = b # note", { A: "b" }],
  ["A=", { A: "" }],
  ["A=b#c", { A: "b#c" }],
  ["A: b", { A: "b" }],
  ["A='$X \\n'", { A: "$X \\n" }],
  ['A="a\\nb\\"c\\$X"', { A: 'a\nb"c$X' }],
  ['A="one\ntwo" # note\nB=2', { A: "one\ntwo", B: "2" }],
  ["A=1\nB=${A}2$A", { A: "1", B: "121" }],
  ["A=${HOST_SET}", { A: "host" }],
  ["HOST_SET", { HOST_SET: "host" }],
  ["HOST_NOT", {}],
  ["A=price $5", { A: "price $5" }],
])("the file %j means %j", (text, values) => {
  const parsed = parseDotenv(text, (name) => (name === "HOST_SET" ? "host" : undefined));

  expect(Object.fromEntries(parsed.values)).toEqual(values as Record<string, string>);
  expect(parsed.mistakes).toEqual([]);
});

test("a quoted value without end is named with its line", () => {
  expect(parseDotenv('A=1\nB="x\n', () => undefined).mistakes).toMatchObject([{ line: 2, column: 3 }]);
});

test.each([
  ["node server.js", ["node", "server.js"]],
  ["  a   b\tc\n", ["a", "b", "c"]],
  ["a 'b c' \"d e\"", ["a", "b c", "d e"]],
  ["a\\ b", ["a b"]],
  ['"a\\"b" "a\\nb"', ['a"b', "a\\nb"]],
  ["''", [""]],
  ["a'b'c", ["abc"]],
  ["", []],
  ["curl 'http://x/?a=1&b=2'", ["curl", "http://x/?a=1&b=2"]],
])("the command %j has the words %j", (text, words) => {
  expect(splitWords(text)).toEqual({ ok: true, words: words as string[] });
});

test.each(["a && b", "a > f", "a; b", "echo `date`", "a \\"])("the command %j is refused", (text) => {
  expect(splitWords(text).ok).toBe(false);
});

test.each([
  ["1m30s", 90_000],
  ["500ms", 500],
  ["1.5h", 5_400_000],
  ["10us", 0.01],
  ["0", 0],
  ["10", undefined],
  ["s", undefined],
  ["1m 30s", undefined],
  ["-1s", undefined],
])("the duration %s is %p ms", (text, ms) => {
  expect(durationMs(text)).toBe(ms as number);
});

test.each([
  ["1024", 1024],
  ["64m", 67_108_864],
  ["64MB", 67_108_864],
  ["64MiB", 67_108_864],
  ["1.5k", 1536],
  ["1g", 1_073_741_824],
  ["7b", 7],
  ["m", undefined],
  ["-1m", undefined],
])("the size %s is %p bytes", (text, bytes) => {
  expect(sizeBytes(text)).toBe(bytes as number);
});

test.each([
  ["80", [["::", 0, 80]]],
  ["8080:80", [["::", 8080, 80]]],
  ["8080:80/tcp", [["::", 8080, 80]]],
  ["127.0.0.1:8080:80", [["127.0.0.1", 8080, 80]]],
  ["127.0.0.1::80", [["127.0.0.1", 0, 80]]],
  ["[::1]:8080:80", [["::1", 8080, 80]]],
  [
    "8080-8081:80-81",
    [
      ["::", 8080, 80],
      ["::", 8081, 81],
    ],
  ],
  [
    "80-81",
    [
      ["::", 0, 80],
      ["::", 0, 81],
    ],
  ],
])("the port %s publishes %j", (text, ports) => {
  const expected = (ports as [string, number, number][]).map(([hostAddress, hostPort, targetPort]) => ({
    hostAddress,
    hostPort,
    targetPort,
  }));
  expect(parseShortPort(text)).toEqual({ ok: true, ports: expected });
});

test.each(["", "a", "80:80:80:80", "0:80", "80/sctp", "8080-8082:80", "80/tcp/udp", "localhost:80:80"])(
  "the port %j is refused",
  (text) => {
    expect(parseShortPort(text).ok).toBe(false);
  },
);

test("a word is suggested only when it is near", () => {
  expect(nearest("enviroment", ["environment", "env_file"])).toBe("environment");
  expect(nearest("prots", ["ports", "labels"])).toBe("ports");
  expect(nearest("zebra", ["ports", "labels"])).toBeUndefined();
});
