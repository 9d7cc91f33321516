import { expect, test } from "bun:test";
import type { Terminal } from "../terminal.ts";
import { screen } from "./screen.ts";

function recorder(isTty: boolean, rows = 24): Terminal & { readonly written: string[] } {
  const written: string[] = [];
  return {
    written,
    isTty,
    colour: false,
    columns: () => 80,
    rows: () => rows,
    write: async (text) => void written.push(String(text)),
  };
}

test("on a terminal a frame is one write over the one before, without clearing it first", async () => {
  const terminal = recorder(true);
  const frame = screen(terminal);

  await frame.draw("a\nb\n");
  await frame.draw("c\nd\n");

  expect(terminal.written).toEqual([
    "\x1b[?2026h\x1b[?25l\ra\x1b[K\nb\x1b[K\n\x1b[J\x1b[?2026l",
    "\x1b[?2026h\x1b[?25l\x1b[2A\rc\x1b[K\nd\x1b[K\n\x1b[J\x1b[?2026l",
  ]);
});

test("a frame that is higher than the terminal is cut, so that it does not scroll", async () => {
  const terminal = recorder(true, 3);

  await screen(terminal).draw("a\nb\nc\nd\n");

  expect(terminal.written[0]).toContain("a\x1b[K\nb\x1b[J");
});

test("a line that is wider than the terminal is cut, so that it does not wrap", async () => {
  const terminal = recorder(true);

  await screen(terminal).draw("x".repeat(200));

  expect(terminal.written[0]).toContain(`\r${"x".repeat(79)}…\x1b[J`);
});

test("the cursor is given back", () => {
  const terminal = recorder(true);

  screen(terminal).close();

  expect(terminal.written).toEqual(["\x1b[?25h\n"]);
});

test("anywhere else the frames follow each other as plain text", async () => {
  const terminal = recorder(false);
  const frame = screen(terminal);

  await frame.draw("a\n");
  frame.close();

  expect(terminal.written).toEqual(["a\n\n"]);
});
