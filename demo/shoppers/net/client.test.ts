// Connections to real sockets that do what shops in trouble do.
import { afterEach, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import { eventually } from "../../../test/support/eventually.ts";
import { client } from "./client.ts";
import { Broken, dial, type Request } from "./connection.ts";
import { BACKBONE, type Link, link } from "./link.ts";

const GET: Request = { method: "GET", path: "/", headers: { host: "shop" } };
const POST: Request = { method: "POST", path: "/", headers: { host: "shop" }, body: "a=1" };
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const PATIENT = () => AbortSignal.timeout(10_000);

let server: Server;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

/** `answer` gets each request with its number, counted over all connections */
async function listen(answer: (socket: Socket, request: string, number: number) => void): Promise<number> {
  let number = 0;
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes) => answer(socket, bytes.toString(), ++number));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

function clientOf(port: number) {
  const origin = { host: "127.0.0.1", port, authority: "shop", isLoopback: true };
  return client({ origin, address: "127.20.0.1", link: link(BACKBONE), limit: 2 });
}

test("a connection that the shop has closed while it was idle is not noticed: the page is asked for once more", async () => {
  const port = await listen((socket, _, number) => (number === 2 ? socket.destroy() : socket.write(OK)));
  const own = clientOf(port);

  await own.exchange(GET, PATIENT());
  const { status } = await own.exchange(GET, PATIENT());

  expect(status).toBe(200);
  expect(sockets).toHaveLength(2);
});

test("a long form comes whole, and not before a slow link would have carried it", async () => {
  let received = 0;
  const body = "x".repeat(100_000);
  const port = await listen((socket, request) => {
    received += request.length - (request.startsWith("POST") ? request.indexOf("\r\n\r\n") + 4 : 0);
    if (received >= body.length) socket.write(OK);
  });
  const origin = { host: "127.0.0.1", port, authority: "shop", isLoopback: true };
  const own = client({ origin, address: "127.20.0.1", link: link({ rttMs: 0, down: 500, up: 500 }), limit: 1 });
  const began = performance.now();

  await own.exchange({ ...POST, body }, PATIENT());

  expect(received).toBe(body.length);
  expect(performance.now() - began).toBeGreaterThan(190);
});

test("a form that met such a connection is not sent again: nobody knows whether it was taken", async () => {
  let forms = 0;
  const port = await listen((socket, request) => {
    if (!request.startsWith("POST")) return void socket.write(OK);
    forms += 1;
    socket.destroy();
  });
  const own = clientOf(port);

  await own.exchange(GET, PATIENT());
  const lost = own.exchange(POST, PATIENT());

  await expect(lost).rejects.toThrow("the connection was closed");
  expect(forms).toBe(1);
});

test("a new connection that ends without an answer is an error, and so is one that is reset in the middle of one", async () => {
  const port = await listen((socket, _, number) => {
    if (number === 1) return void socket.destroy();
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    setTimeout(() => socket.resetAndDestroy(), 20);
  });
  const failure = () =>
    clientOf(port)
      .exchange(GET, PATIENT())
      .then(
        () => "answered",
        (error: Broken) => [error instanceof Broken, error.hasBegun],
      );

  expect(await failure()).toEqual([true, false]);
  expect(await failure()).toEqual([true, true]);
});

test("no more connections than the limit, and who waits gets one", async () => {
  const port = await listen((socket) => socket.write(OK));
  const own = clientOf(port);

  const answers = await Promise.all(Array.from({ length: 10 }, () => own.exchange(GET, PATIENT())));

  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  expect(sockets.length).toBeLessThanOrEqual(2);
});

test("who loses patience closes the connection, and the next request gets a new one", async () => {
  let closed = 0;
  const port = await listen((socket, _, number) => {
    socket.on("close", () => closed++);
    if (number > 1) socket.write(OK);
  });
  const own = clientOf(port);

  const lost = own.exchange(GET, AbortSignal.timeout(30));
  await lost.catch(() => {});

  expect((await own.exchange(GET, PATIENT())).status).toBe(200);
  await eventually(() => closed === 1);
  expect(sockets).toHaveLength(2);
});

test("a slow reader reads no further than the link has carried", async () => {
  const port = await listen((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n");
    socket.write(Buffer.alloc(3_000_000));
  });
  const reads: number[] = [];
  const slow: Link = {
    rttMs: 0,
    sendMs: () => 0,
    receiveMs: () => {
      reads.push(performance.now());
      return 30;
    },
  };
  const connection = await dial({ host: "127.0.0.1", port }, undefined, slow);

  const { body } = await connection.exchange(GET);

  connection.close();
  expect(body.length).toBe(3_000_000);
  const gaps = reads.slice(1).map((atMs, i) => atMs - (reads[i] ?? 0));
  expect(gaps.length).toBeGreaterThan(2);
  expect(Math.min(...gaps)).toBeGreaterThan(25);
});
