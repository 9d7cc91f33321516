import { expect, test } from "bun:test";
import { readNdjson } from "./ndjson.ts";

async function read(...chunks: readonly (string | Uint8Array)[]): Promise<unknown[]> {
  const bytes = chunks.map((chunk) => (typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk));
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of bytes) controller.enqueue(chunk);
      controller.close();
    },
  });
  const values: unknown[] = [];
  for await (const value of readNdjson(body, "host_silent")) values.push(value);
  return values;
}

test("lines are values, however they are cut into chunks", async () => {
  const text = new TextEncoder().encode('{"a":"é"}\n{"a":2}\n');

  for (let at = 0; at <= text.length; at++) {
    expect(await read(text.subarray(0, at), text.subarray(at))).toEqual([{ a: "é" }, { a: 2 }]);
  }
});

test("blank lines are skipped and the last line needs no end", async () => {
  expect(await read('\n{"a":1}\n\n', '{"a":2}')).toEqual([{ a: 1 }, { a: 2 }]);
});

test("a line that is no JSON is an error that says so", async () => {
  expect(read('{"a":1}\nnonsense\n')).rejects.toThrow("nonsense");
});

test("a stream that breaks off says who fell silent", async () => {
  const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("reset")) });

  expect(readNdjson(body, "host_silent").next()).rejects.toMatchObject({ code: "host_silent", message: "reset" });
});
