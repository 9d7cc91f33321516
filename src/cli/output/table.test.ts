import { expect, test } from "bun:test";
import { type Column, table } from "./table.ts";
import { width } from "./width.ts";

type Row = { name: string; count: number; note?: string };

const COLUMNS: Column<Row>[] = [
  { title: "NAME", cell: (row) => row.name },
  { title: "COUNT", align: "right", cell: (row) => ({ text: String(row.count), tone: "bad" }) },
  { title: "NOTE", wide: true, cell: (row) => row.note ?? "" },
];
const PLAIN = { wide: false, colour: false, columns: Number.POSITIVE_INFINITY };

test("text stands to the left, numbers to the right, and no line has trailing spaces", () => {
  const lines = table(
    COLUMNS,
    [
      { name: "a-long-name", count: 7 },
      { name: "b", count: 1234 },
    ],
    PLAIN,
  );

  expect(lines).toEqual(["NAME         COUNT", "a-long-name      7", "b             1234"]);
});

test("wide columns show only when asked for, and an empty cell is a dash", () => {
  const rows = [{ name: "a", count: 1 }];

  expect(table(COLUMNS, rows, { ...PLAIN, wide: true })).toEqual(["NAME  COUNT  NOTE", "a         1  -"]);
});

test("characters of two cells and combining marks keep the columns aligned", () => {
  const rows = ["日本", "é", "👩‍🚀", "ascii"].map((name) => ({ name, count: 1 }));

  const lines = table(COLUMNS, rows, PLAIN);

  expect(new Set(lines.map(width)).size).toBe(1);
});

test("on a terminal no line is wider than it, also with wide characters and colours", () => {
  const rows = [{ name: "日本日本日本日本", count: 123456 }];

  for (let columns = 1; columns < 30; columns++) {
    for (const line of table(COLUMNS, rows, { wide: true, colour: true, columns })) {
      expect(width(line)).toBeLessThanOrEqual(columns);
    }
  }
});

test("colour changes nothing but colour", () => {
  const rows = [{ name: "a", count: 3 }];

  const lines = table(COLUMNS, rows, { ...PLAIN, colour: true });

  expect(lines.join("\n")).toContain("\x1b[31m");
  expect(lines.map((line) => Bun.stripANSI(line))).toEqual(table(COLUMNS, rows, PLAIN));
});

test("control characters that strangers chose do not reach the terminal", () => {
  const [, line] = table(COLUMNS, [{ name: "\x1b]0;pwned\x07\r\n\u202e", count: 1 }], PLAIN);

  expect(line).toBe("\\x1b]0;pwned\\x07\\x0d\\x0a\\x202e      1");
});
