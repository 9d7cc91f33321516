import { expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { eventually } from "../../../test/support/eventually.ts";
import { manualClock } from "../../base/clock.manual.ts";
import { systemClock } from "../../base/clock.ts";
import type { LiveAsk } from "./ask.ts";
import { liveStream, type StreamOptions } from "./stream.ts";

const decoder = new TextDecoder();

function options(asks: readonly LiveAsk[], overrides: Partial<StreamOptions> = {}): StreamOptions {
  return { asks, everyMs: 1_000, signal: new AbortController().signal, onEnd() {}, ...overrides };
}

function asking(texts: Iterator<string | undefined>): LiveAsk {
  return {
    ask: "/x",
    async next() {
      const text = texts.next().value;
      return text === undefined ? undefined : { isAnswer: true, text };
    },
    close() {},
  };
}

test("a beat without news is followed by a sign of life every fifteen seconds", async () => {
  const clock = manualClock();
  const stream = liveStream(clock, options([asking([undefined].values())]));
  const reader = stream.getReader();
  expect(decoder.decode((await reader.read()).value)).toBe("retry: 1000\n\n");

  const next = reader.read();
  for (let second = 0; second < 15; second++) {
    await Promise.resolve();
    await new Promise(setImmediate);
    clock.advance(1_000);
  }

  expect(decoder.decode((await next).value)).toBe(": still here\n\n");
});

test("beats of clients that came at different times coincide", async () => {
  const clock = manualClock();
  const told: number[] = [];
  const ask = (): LiveAsk => ({
    ask: "/x",
    async next() {
      told.push(clock.monotonicMs());
      return { isAnswer: true, text: "1" };
    },
    close() {},
  });
  const read = (reader: { read(): Promise<unknown> }) => reader.read();
  const first = liveStream(clock, options([ask()])).getReader();
  await read(first);
  await read(first);
  clock.advance(300);
  const second = liveStream(clock, options([ask()])).getReader();
  await read(second);
  await read(second);

  const both = Promise.all([read(first), read(second)]);
  await new Promise(setImmediate);
  clock.advance(700);
  await both;

  expect(told.sort((a, b) => a - b).slice(0, 4)).toEqual([0, 300, 1_000, 1_000]);
});

test("one who does not read costs no answers, and gets the latest when he reads again", async () => {
  const big = "x".repeat(300_000);
  let asked = 0;
  const ask: LiveAsk = {
    ask: "/x",
    next: async () => ({ isAnswer: true, text: `"${big}${++asked}"` }),
    close() {},
  };
  const { server, socket } = await served([ask], 5);
  socket.pause();
  const fill = await settled(() => asked);

  let beats = 0;
  const beating = systemClock.every(5, () => beats++);
  await eventually(() => beats >= 20);
  beating.cancel();
  expect(asked).toBeLessThanOrEqual(fill + 1);
  expect(asked * big.length).toBeLessThan(20e6); // what the kernel buffers, not us

  let last = "";
  socket.on("data", (data) => {
    last = (last + data.toString("latin1")).slice(-400_000);
  });
  socket.resume();
  await eventually(() => asked > fill + 20);
  socket.destroy();
  await server.stop(true);
  expect(last).toContain("event: answer");
});

test("one who has read nothing for a minute is dropped, and what he asked for is let go", async () => {
  const clock = manualClock();
  let isClosed = false;
  let hasEnded = false;
  const ask: LiveAsk = {
    ask: "/x",
    next: async () => ({ isAnswer: true, text: "1" }),
    close: () => {
      isClosed = true;
    },
  };
  const stream = liveStream(
    clock,
    options([ask], {
      onEnd: () => {
        hasEnded = true;
      },
    }),
  );
  await new Promise(setImmediate);

  clock.advance(75_000);

  expect([isClosed, hasEnded]).toEqual([true, true]);
  const rest = await new Response(stream).text();
  expect(rest.split("event: answer").length - 1).toBeLessThanOrEqual(1);
});

test("a question that breaks ends the stream, so that the client connects anew", async () => {
  let ended = 0;
  const ask: LiveAsk = { ask: "/x", next: () => Promise.reject(new Error("broken")), close() {} };
  const stream = liveStream(
    manualClock(),
    options([ask], {
      onEnd: () => {
        ended++;
      },
    }),
  );

  await new Response(stream).text().catch(() => {});

  expect(ended).toBe(1);
});

test("a client that goes away ends the stream and its questions, once", async () => {
  let ended = 0;
  let closed = 0;
  const ask: LiveAsk = {
    ask: "/x",
    next: async () => ({ isAnswer: true, text: "1" }),
    close: () => {
      closed++;
    },
  };
  const { server, socket } = await served([ask], 10, () => ended++);

  socket.destroy();

  await eventually(() => ended === 1);
  expect(closed).toBe(1);
  await server.stop(true);
});

async function served(asks: readonly LiveAsk[], everyMs: number, onEnd: () => void = () => {}) {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request, self) {
      self.timeout(request, 0);
      return new Response(liveStream(systemClock, { asks, everyMs, signal: request.signal, onEnd }));
    },
  });
  const socket: Socket = connect({ host: "127.0.0.1", port: server.port as number });
  socket.on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await new Promise((resolve) => socket.once("data", resolve));
  return { server, socket };
}

/** the value once it has stood still for a while */
async function settled(value: () => number): Promise<number> {
  let last = -1;
  let same = 0;
  return eventually(
    () => {
      same = value() === last ? same + 1 : 0;
      last = value();
      return same >= 10 && last;
    },
    { everyMs: 20 },
  );
}
