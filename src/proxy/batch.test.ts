// Messages of one turn of the event loop leave together at its end, and nothing overtakes them.
import { expect, test } from "bun:test";
import { addBytes, addText, batch, flush } from "./batch.ts";
import { finish, type SocketWriter, socketWriter, unsent, writeOwned } from "./socket-writer.ts";
import { systemSockets } from "./sockets.ts";

/** A socket that takes `room` bytes in all, and notes the writes. */
function sink(room = Number.POSITIVE_INFINITY) {
  const events: string[] = [];
  let left = room;
  const writer = socketWriter({
    write(bytes: Uint8Array, from: number, length: number) {
      const taken = Math.min(left, length);
      left -= taken;
      events.push(Buffer.from(bytes.buffer, bytes.byteOffset + from, taken).toString("latin1"));
      return taken;
    },
    shutdown: () => events.push("FIN"),
    terminate: () => events.push("RST"),
  } as unknown as SocketWriter["socket"]);
  return { writer, events };
}

const endOfTurn = () => new Promise((resolve) => setImmediate(resolve));

test("each writer's messages are one write, after the turn", async () => {
  const out = batch(systemSockets.atEndOfTurn);
  const a = sink();
  const b = sink();

  for (const { writer } of [a, a, b]) {
    addText(out, writer, "head ");
    addBytes(out, writer, Buffer.from("body;"), 0, 5);
    flush(out, writer);
  }

  expect([a.events, b.events]).toEqual([[], []]);
  await endOfTurn();
  expect([a.events, b.events]).toEqual([["head body;head body;"], ["head body;"]]);
});

test("a direct write and a FIN go behind what waits", () => {
  const out = batch(systemSockets.atEndOfTurn);
  const { writer, events } = sink();

  addText(out, writer, "first");
  flush(out, writer);
  writeOwned(writer, Buffer.from("second"), 0, 6);
  addText(out, writer, "third");
  flush(out, writer);
  finish(writer);

  expect(events).toEqual(["first", "second", "third", "FIN"]);
});

test("a message in the making survives when the others are sent", async () => {
  const out = batch(systemSockets.atEndOfTurn);
  const a = sink();
  const b = sink();

  addText(out, a.writer, "a");
  flush(out, a.writer);
  addText(out, b.writer, "b1");
  out.send();
  addText(out, b.writer, "b2");
  flush(out, b.writer);
  await endOfTurn();

  expect([a.events, b.events]).toEqual([["a"], ["b1b2"]]);
});

test("what the kernel does not take is kept, and what follows stays behind it", async () => {
  const out = batch(systemSockets.atEndOfTurn);
  const { writer, events } = sink(3);

  addText(out, writer, "12345");
  flush(out, writer);
  expect(unsent(writer)).toBe(2);
  addText(out, writer, "678");
  flush(out, writer);
  await endOfTurn();

  expect(events).toEqual(["123"]);
  expect(Buffer.concat(writer.pending).toString()).toBe("45678");
});

test("a full buffer is sent before the turn ends", async () => {
  const out = batch(systemSockets.atEndOfTurn, 1024);
  const { writer, events } = sink();

  for (let i = 0; i < 30; i++) {
    addText(out, writer, `${i % 10}`.repeat(100));
    flush(out, writer);
  }
  await endOfTurn();

  expect(events.length).toBeGreaterThan(1);
  expect(events.join("")).toBe(Array.from({ length: 30 }, (_, i) => `${i % 10}`.repeat(100)).join(""));
});
