// The caller must be believed: it tells failures as failures, and causes none itself.
import { expect, test } from "bun:test";
import { systemClock as clock } from "../../src/base/clock.ts";
import { seededRandom } from "../../src/base/random.ts";
import { eventually } from "../support/eventually.ts";
import { caller, type Outcome } from "./caller.ts";

const REQUEST = Buffer.from("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");

/** A server that says what the test wants to each request, and the caller of it. */
function pair(say: (socket: Bun.Socket) => void) {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: (socket) => say(socket) } });
  const to = caller({ host: "127.0.0.1", port: server.port }, { clock, random: seededRandom(1) });
  const send = () => new Promise<Outcome>((done) => to.send(REQUEST, true, done));
  return { send, to, stop: () => server.stop(true) };
}

test("a whole answer is told, also when it is the connection's last", async () => {
  const { send, stop } = pair((socket) => {
    socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
  });

  expect(await send()).toMatchObject({ answer: { status: 200, isLast: true } });
  stop();
});

test.each([
  ["nothing", ""],
  ["half an answer", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha"],
])("%s and then an end is a failure", async (_, text) => {
  const { send, stop } = pair((socket) => void socket.end(text));

  expect(await send()).toEqual({ failure: expect.stringContaining("it was closed") });
  stop();
});

test("nobody who listens is a failure", async () => {
  const { send, stop } = pair(() => {});
  stop();

  expect(await send()).toEqual({ failure: expect.stringContaining("ECONNREFUSED") });
});

test("connections are counted until they are closed", async () => {
  const { send, to, stop } = pair((socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  await Promise.all([send(), send()]);

  expect(to.open()).toBe(2);
  to.close();

  await eventually(() => to.open() === 0);
  stop();
});
