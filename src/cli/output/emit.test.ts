import { expect, test } from "bun:test";
import { parseAllDocuments } from "yaml";
import type { Terminal } from "../terminal.ts";
import { render, type View } from "./emit.ts";

const PIPE: Terminal = {
  write: async () => {},
  isTty: false,
  colour: false,
  columns: () => Number.POSITIVE_INFINITY,
  rows: () => Number.POSITIVE_INFINITY,
};
const ROWS = [
  { name: "a: b", n: 1 },
  { name: "yes", n: 2 },
];
const VIEW: View = { document: { rows: ROWS }, rows: ROWS, lines: ({ wide }) => [wide ? "wide" : "table"] };

test("each form shows the same document", async () => {
  expect(await render(VIEW, "table", PIPE)).toBe("table\n");
  expect(await render(VIEW, "wide", PIPE)).toBe("wide\n");
  expect(JSON.parse(await render(VIEW, "json", PIPE))).toEqual({ rows: ROWS });
  expect(
    (await render(VIEW, "ndjson", PIPE))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(ROWS);
  expect(parseAllDocuments(await render(VIEW, "yaml", PIPE)).map((document) => document.toJS())).toEqual([
    { rows: ROWS },
  ]);
});
