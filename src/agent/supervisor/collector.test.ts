import { expect, test } from "bun:test";
import { decodeBatch } from "../../model/span-batch.ts";
import { COLUMN_NAMES } from "../../model/span-buffer.ts";
import { ringSize, spanReader, spanWriter } from "../../model/span-ring.ts";
import { collector } from "./collector.ts";

const ROWS = 32_768;

function field() {
  const bytes = new Uint8Array(new SharedArrayBuffer(ringSize(ROWS)));
  const writer = spanWriter(bytes, ROWS);
  const batches: { rows: number; sequence: number | undefined }[] = [];
  const { look } = collector({
    ...{ agent: "one", rings: [spanReader(bytes, ROWS)], ruleOf: () => undefined },
    send: (batch, rows) => batches.push({ rows, sequence: decodeBatch(batch)?.header.sequence }),
  });
  const write = (count: number) => {
    for (let i = 0; i < count; i++) {
      const row = writer.claim();
      for (const column of COLUMN_NAMES) writer.columns[column][row] = 0;
      writer.setPath(row, "/");
      writer.setAuthority(row, "");
      writer.publish();
    }
  };
  return { look, write, batches };
}

test("few spans wait until they are due", () => {
  const { look, write, batches } = field();
  write(100);
  look(false);
  expect(batches).toEqual([]);
  look(true);
  expect(batches).toEqual([{ rows: 100, sequence: 1 }]);
  look(true);
  expect(batches.length).toBe(1);
});

test("many are taken when they are seen, so that no batch takes long", () => {
  const { look, write, batches } = field();
  for (let turn = 0; turn < 3; turn++) {
    write(600);
    look(false);
  }
  expect(batches.map(({ rows }) => rows)).toEqual([600, 600, 600]);
});

test("a backlog goes in batches of bounded size, and what is left of it waits", () => {
  const { look, write, batches } = field();
  write(20_000);
  look(false);
  expect(batches).toEqual([
    { rows: 16_384, sequence: 1 },
    { rows: 3_616, sequence: 2 },
  ]);
});
