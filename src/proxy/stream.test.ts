// Large bodies: whole, in order, in constant memory, at the speed of the slower side.
import { expect, test } from "bun:test";
import { eventually } from "../../test/support/eventually.ts";
import { proxyFixture } from "../../test/support/proxy-fixture.ts";
import { rawClient } from "../../test/support/raw-tcp.ts";

const { serve, mesh } = proxyFixture();
const SIZE = 20 * 1024 * 1024;
/** a figure that has stopped to move has stood still for longer */
const SETTLED_US = 100_000;

function pattern(): Buffer {
  // a buffer without a visible ArrayBuffer is not counted by `buffered` until a view of it is made
  const bytes = Buffer.from(new ArrayBuffer(SIZE));
  for (let i = 0; i < SIZE; i += 4) bytes.writeUInt32LE(i, i);
  return bytes;
}

/** Everything that sits between the two ends, in user space. */
function buffered(): number {
  Bun.gc(true);
  return process.memoryUsage().arrayBuffers;
}

test("20 MB to a client that does not read stay with the sender, and arrive whole when it does", async () => {
  const body = pattern();
  const server = serve((_, connection) => {
    void connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${SIZE}\r\n\r\n`).then(() => connection.send(body));
    return undefined;
  });
  const { port, spans, proxy } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  const before = buffered();
  client.pause();
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await eventually(() => proxy.connections().some(({ state }) => state === "exchange"));
  await settled(() => server.connections[0]?.receivedBytes ?? 0);
  const held = buffered() - before;
  client.resume();
  await eventually(() => client.receivedBytes > SIZE, { withinMs: 10_000 });

  expect(held).toBeLessThan(4 * 1024 * 1024);
  const received = Buffer.from(client.text, "latin1").subarray(-SIZE);
  expect(received.equals(body)).toBe(true);
  const [span] = await spans(1);
  expect(span).toMatchObject({ responseBytes: SIZE, error: 0, requestHeld: 0 });
  const { answerHeld = 0, firstByte = 0, lastIn = 0 } = span ?? {};
  expect(answerHeld).toBeGreaterThan(SETTLED_US);
  expect(answerHeld).toBeLessThanOrEqual(lastIn - firstByte);
}, 20_000);

test("20 MB in chunks to a service that does not read stay with the sender, and arrive whole when it does", async () => {
  const body = pattern();
  const server = serve();
  const { port, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const connection = await server.connection(0);
  await connection.until("chunked");
  connection.pause();
  const before = buffered();
  const sent = (async () => {
    for (let at = 0; at < SIZE; at += 1 << 20) {
      await client.send(`${(1 << 20).toString(16)}\r\n`);
      await client.send(body.subarray(at, at + (1 << 20)));
      await client.send("\r\n");
    }
    await client.send("0\r\n\r\n");
  })();
  await settled(() => connection.receivedBytes);
  const held = buffered() - before;
  connection.resume();
  await sent;
  await connection.until(/\r\n0\r\n\r\n$/);

  expect(held).toBeLessThan(4 * 1024 * 1024);
  const content = unchunk(Buffer.from(connection.text, "latin1"));
  expect(content.equals(body)).toBe(true);
  await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const [span] = await spans(1);
  const { requestHeld = 0, sent: sentUs = 0 } = span ?? {};
  expect(requestHeld).toBeGreaterThan(SETTLED_US);
  expect(requestHeld).toBeLessThanOrEqual(sentUs);
  expect(span?.answerHeld).toBe(0);
}, 20_000);

test("20 MB both ways at once through an opaque connection arrive whole", async () => {
  const body = pattern();
  const server = serve();
  const { port } = await mesh({ instances: [server.port], protocol: "tcp" });

  const client = await rawClient(port);
  const connection = await server.connection(0);
  await Promise.all([client.send(body), connection.send(body)]);
  client.finish();
  connection.finish();
  await eventually(() => client.receivedBytes === SIZE && connection.receivedBytes === SIZE);

  expect(Buffer.from(client.text, "latin1").equals(body)).toBe(true);
  expect(Buffer.from(connection.text, "latin1").equals(body)).toBe(true);
}, 20_000);

/** Waits until a figure has stopped to move. */
async function settled(figure: () => number): Promise<void> {
  let last = -1;
  let same = 0;
  await eventually(
    () => {
      const now = figure();
      same = now === last ? same + 1 : 0;
      last = now;
      return same >= 20;
    },
    { everyMs: 10 },
  );
}

function unchunk(message: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = message.indexOf("\r\n\r\n") + 4;
  for (;;) {
    const lineEnd = message.indexOf("\r\n", at);
    const size = Number.parseInt(message.toString("latin1", at, lineEnd), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(message.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
