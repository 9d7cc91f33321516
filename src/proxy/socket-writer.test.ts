// The writer's promises, against a socket that takes a few bytes at a time.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { abort, drained, finish, socketWriter, writeOwned, writeShared } from "./socket-writer.ts";

function narrowSocket() {
  const socket = {
    room: 0,
    received: [] as number[],
    shutAt: -1,
    isReset: false,
    write(bytes: Uint8Array, from: number, length: number) {
      const taken = Math.min(socket.room, length);
      socket.received.push(...bytes.subarray(from, from + taken));
      socket.room -= taken;
      return taken;
    },
    shutdown() {
      socket.shutAt = socket.received.length;
    },
    terminate() {
      socket.isReset = true;
    },
  };
  return socket;
}

type Narrow = ReturnType<typeof narrowSocket>;
const writerOf = (socket: Narrow) => socketWriter(socket as unknown as Parameters<typeof socketWriter>[0]);

test("whatever the kernel takes and when: all bytes arrive once, in order, and the FIN after the last", () => {
  const step = fc.oneof(
    fc.record({ write: fc.uint8Array({ maxLength: 50 }), shared: fc.boolean() }),
    fc.record({ room: fc.nat(40) }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const socket = narrowSocket();
      const writer = writerOf(socket);
      const sent: number[] = [];
      for (const each of steps) {
        if ("room" in each) {
          socket.room = each.room;
          drained(writer);
          continue;
        }
        // what is shared is a Buffer, whose `slice` would be a view
        const bytes = Buffer.from(each.write);
        sent.push(...bytes);
        if (each.shared) {
          writeShared(writer, bytes, 0, bytes.length);
          bytes.fill(0xee);
        } else {
          writeOwned(writer, bytes, 0, bytes.length);
        }
      }
      finish(writer);
      socket.room = Number.POSITIVE_INFINITY;
      drained(writer);
      expect(socket.received).toEqual(sent);
      expect(socket.shutAt).toBe(sent.length);
      expect(writer).toMatchObject({ pendingBytes: 0, bytes: sent.length });
    }),
  );
});

test("after the end nothing is written any more", () => {
  const socket = narrowSocket();
  const writer = writerOf(socket);
  socket.room = 100;

  finish(writer);
  writeOwned(writer, Uint8Array.of(1), 0, 1);

  expect(socket.received).toEqual([]);
});

test("an abort forgets what is pending and resets", () => {
  const socket = narrowSocket();
  const writer = writerOf(socket);
  writeOwned(writer, Uint8Array.of(1, 2, 3), 0, 3);

  abort(writer);

  expect(writer).toMatchObject({ pendingBytes: 0 });
  expect(socket).toMatchObject({ isReset: true, shutAt: -1 });
});
