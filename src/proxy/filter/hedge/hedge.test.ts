// A second try when an answer is late, over real sockets with time standing still.
import { expect, test } from "bun:test";
import { eventually } from "../../../../test/support/eventually.ts";
import { proxyFixture } from "../../../../test/support/proxy-fixture.ts";
import { ok, type RawServer, rawClient } from "../../../../test/support/raw-tcp.ts";
import { manualClock } from "../../../base/clock.manual.ts";
import { HELD } from "../../../model/page/held.ts";
import { ownPage } from "../../../model/page/page.ts";
import { mix } from "../../../model/page/slots.ts";

const { serve, mesh } = proxyFixture();
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

async function made(servers: readonly RawServer[], on: readonly "reset"[] = []) {
  const clock = manualClock();
  const page = ownPage();
  const one = await mesh({
    instances: servers.map(({ port }) => port),
    protocol: "http",
    policy: {
      loadBalancing: { type: "round-robin" },
      retries: { on: ["connect-failure", ...on], hedgeAfterMs: 100, attempts: 1 },
      circuitBreaking: { maxRequests: 100 },
    },
    deps: { clock, page },
  });
  const held = () => page.held.total(page.services.claim(mix(3, 0x5e41), 0), HELD.requests);
  const isAsked = (server: RawServer) => eventually(() => server.connections.some(({ text }) => text.includes("GET")));
  return { ...one, clock, held, isAsked };
}

test("the one that answers first is heard, and the other one is let go", async () => {
  const [slow, fast] = [serve(), serve(() => ok("fast".repeat(1000)))];
  const { port, clock, held, isAsked, spans, attempts } = await made([slow, fast]);

  const client = await rawClient(port);
  await client.send(GET);
  await isAsked(slow);
  clock.advance(80);
  expect(fast.connections).toHaveLength(0);
  clock.advance(40);
  await client.until("fast".repeat(1000));

  expect(await (await slow.connection(0)).ended()).not.toBe("open");
  expect(await spans(1)).toMatchObject([{ status: 200, workload: 101, error: 0 }]);
  expect(attempts).toMatchObject([{ workload: 100, errorCode: "not_needed" }]);
  expect(held()).toBe(0);
  // and the connection goes on as ever
  await client.send(GET);
  await eventually(() => {
    clock.advance(20);
    return client.text.split("HTTP/1.1 200").length === 3;
  });
});

test("when the first one answers after all, the second is let go", async () => {
  const [slow, slower] = [serve(), serve()];
  const { port, clock, held, isAsked, spans, attempts } = await made([slow, slower]);

  const client = await rawClient(port);
  await client.send(GET);
  await isAsked(slow);
  clock.advance(120);
  await isAsked(slower);
  await (await slow.connection(0)).send(ok("slow"));
  await client.until("slow");

  expect(await (await slower.connection(0)).ended()).not.toBe("open");
  expect(await spans(1)).toMatchObject([{ status: 200, workload: 100 }]);
  expect(attempts).toMatchObject([{ workload: 101, errorCode: "not_needed" }]);
  expect(held()).toBe(0);
});

test("a first one that fails while the second is under way is not told", async () => {
  const [failing, good] = [serve(), serve()];
  const { port, clock, held, isAsked, spans } = await made([failing, good]);

  const client = await rawClient(port);
  await client.send(GET);
  await isAsked(failing);
  clock.advance(120);
  await isAsked(good);
  (await failing.connection(0)).reset();
  await eventually(() => held() === 1);
  await (await good.connection(0)).send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n");
  await client.until("good");
  await (await good.connection(0)).send("0\r\n\r\n");
  await client.until("0\r\n\r\n");

  expect(await spans(1)).toMatchObject([{ status: 200, workload: 101, error: 0 }]);
  expect(held()).toBe(0);
});

test("when both fail, one answer says so", async () => {
  const servers = [serve(), serve()];
  const { port, clock, held, isAsked, spans } = await made(servers);

  const client = await rawClient(port);
  await client.send(GET);
  await isAsked(servers[0] as RawServer);
  clock.advance(120);
  await isAsked(servers[1] as RawServer);
  for (const server of servers) (await server.connection(0)).reset();
  await client.until("502");

  expect(await spans(1)).toMatchObject([{ status: 502, errorCode: "upstream_closed" }]);
  expect(held()).toBe(0);
});

test("a client that goes away ends both", async () => {
  const servers = [serve(), serve()];
  const { port, clock, held, isAsked, spans } = await made(servers);

  const client = await rawClient(port);
  await client.send(GET);
  await isAsked(servers[0] as RawServer);
  clock.advance(120);
  await isAsked(servers[1] as RawServer);
  client.reset();
  for (const server of servers) expect(await (await server.connection(0)).ended()).not.toBe("open");

  expect(await spans(1)).toMatchObject([{ status: 0, errorCode: "client_gone" }]);
  expect(held()).toBe(0);
});

test("a POST, and a request with a body, are never sent twice", async () => {
  const [slow, other] = [serve(), serve(() => ok("other"))];
  const { port, clock } = await made([slow, other]);
  for (const head of [
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0",
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2",
  ]) {
    const before = slow.connections.length + other.connections.length;
    const client = await rawClient(port);
    await client.send(`${head}\r\n\r\n`);
    await eventually(() => slow.connections.length + other.connections.length > before);
    clock.advance(500);
    await new Promise((resolve) => setImmediate(resolve));
    client.reset();
  }
  expect(slow.connections.length + other.connections.length).toBe(2);
});
