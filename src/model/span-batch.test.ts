import { expect, test } from "bun:test";
import { decodeBatch, encodeBatch } from "./span-batch.ts";
import { COLUMN_NAMES } from "./span-buffer.ts";
import { ringSize, type SpanWriter, spanReader, spanWriter } from "./span-ring.ts";

const name = { agent: "one", sequence: 7 };

function ring(rows: number) {
  const bytes = new Uint8Array(new SharedArrayBuffer(ringSize(rows)));
  return { writer: spanWriter(bytes, rows), reader: spanReader(bytes, rows) };
}

function write(writer: SpanWriter, value: number) {
  const row = writer.claim();
  for (const [index, column] of COLUMN_NAMES.entries()) writer.columns[column][row] = (value * 100 + index) & 0xff;
  writer.setPath(row, `/path/${value}/é`);
  writer.setAuthority(row, `host-${value}`);
  writer.publish();
}

test("what goes into a batch comes out of it", () => {
  const { writer, reader } = ring(16);
  for (let value = 0; value < 5; value++) write(writer, value);

  const batch = decodeBatch(encodeBatch(name, [reader], 100) as Uint8Array);

  expect(batch?.header).toEqual({ agent: "one", sequence: 7, rows: 5 });
  expect(batch?.paths).toEqual([0, 1, 2, 3, 4].map((value) => `/path/${value}/é`));
  expect(batch?.authorities).toEqual([0, 1, 2, 3, 4].map((value) => `host-${value}`));
  for (const [index, column] of COLUMN_NAMES.entries()) {
    expect([...(batch?.columns[column] ?? [])]).toEqual([0, 1, 2, 3, 4].map((value) => (value * 100 + index) & 0xff));
  }
});

test("rows that wrap around the ring's end stay in order", () => {
  const { writer, reader } = ring(8);
  for (let value = 0; value < 6; value++) write(writer, value);
  encodeBatch(name, [reader], 100);
  for (let value = 6; value < 13; value++) write(writer, value);

  const batch = decodeBatch(encodeBatch(name, [reader], 100) as Uint8Array);

  expect(batch?.paths).toEqual([6, 7, 8, 9, 10, 11, 12].map((value) => `/path/${value}/é`));
  expect([...(batch?.columns.startUs ?? [])]).toEqual([6, 7, 8, 9, 10, 11, 12].map((value) => (value * 100) & 0xff));
});

test("several rings make one batch, and what is above the limit stays for the next", () => {
  const one = ring(8);
  const two = ring(8);
  for (let value = 0; value < 4; value++) write(one.writer, value);
  for (let value = 4; value < 8; value++) write(two.writer, value);

  const first = decodeBatch(encodeBatch(name, [one.reader, two.reader], 6) as Uint8Array);
  const second = decodeBatch(encodeBatch(name, [one.reader, two.reader], 6) as Uint8Array);

  expect(first?.authorities).toEqual([0, 1, 2, 3, 4, 5].map((value) => `host-${value}`));
  expect(second?.authorities).toEqual([6, 7].map((value) => `host-${value}`));
  expect(encodeBatch(name, [one.reader, two.reader], 6)).toBeUndefined();
});

test("a batch at an odd place in memory is read all the same", () => {
  const { writer, reader } = ring(8);
  write(writer, 3);
  const bytes = encodeBatch(name, [reader], 100) as Uint8Array;
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);

  expect(decodeBatch(shifted.subarray(3))?.paths).toEqual(["/path/3/é"]);
});

test("a line end in a text cannot shift the texts of other rows", () => {
  const { writer, reader } = ring(8);
  const row = writer.claim();
  writer.setPath(row, "/a\n/b");
  writer.setAuthority(row, "x");
  writer.publish();
  write(writer, 1);

  const batch = decodeBatch(encodeBatch(name, [reader], 100) as Uint8Array);

  expect(batch?.paths).toEqual(["/a /b", "/path/1/é"]);
});

test("bytes that are no batch are told from one", () => {
  const { writer, reader } = ring(8);
  write(writer, 1);
  const good = encodeBatch(name, [reader], 100) as Uint8Array;

  for (let length = 0; length < good.length; length++) expect(decodeBatch(good.slice(0, length))).toBeUndefined();
  expect(decodeBatch(new TextEncoder().encode("\x02\0\0\0{}      "))).toBeUndefined();
  expect(decodeBatch(new TextEncoder().encode("\x04\0\0\0null"))).toBeUndefined();
  expect(decodeBatch(new Uint8Array(64).fill(0xff))).toBeUndefined();
});
