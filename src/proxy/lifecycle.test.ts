// Limits of time, and how connections end when a workload goes, a port is unpublished or the worker stops.
import { expect, test } from "bun:test";
import { eventually } from "../../test/support/eventually.ts";
import { proxyFixture } from "../../test/support/proxy-fixture.ts";
import { CALLER } from "../../test/support/proxy-harness.ts";
import { ok, rawClient } from "../../test/support/raw-tcp.ts";
import { manualClock } from "../base/clock.manual.ts";
import { closeFds } from "../sys/libc.ts";
import { dialTcp, listenTcp, localAddress } from "../sys/socket.ts";
import { LIMITS } from "./limits.ts";

const { serve, mesh } = proxyFixture();
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

test("a head that is not complete in time is a 408", async () => {
  const clock = manualClock();
  const { port, proxy, spans } = await mesh({ instances: [], protocol: "http", deps: { clock } });

  const client = await rawClient(port);
  await client.send("GET / HTTP/1.1\r\nHost:");
  await eventually(() => proxy.connections().length === 1);
  await eventually(() => {
    clock.advance(LIMITS.headMs + LIMITS.sweepMs);
    return client.text.includes("408");
  });

  expect(await client.ended()).toBe("fin");
  expect((await spans(1))[0]).toMatchObject({ status: 408, errorCode: "request_timeout" });
});

test("a resting connection is closed without a word", async () => {
  const clock = manualClock();
  const { port, proxy } = await mesh({ instances: [], protocol: "http", deps: { clock } });

  const client = await rawClient(port);
  await eventually(() => proxy.connections().length === 1);
  clock.advance(LIMITS.keepAliveMs + 2 * LIMITS.sweepMs);

  expect(await client.ended()).toBe("fin");
  expect(client.text).toBe("");
});

test("a worker that stops takes one more request of a resting connection, and says that it is the last", async () => {
  const server = serve(() => ok("last"));
  const { port, proxy } = await mesh({ instances: [server.port], protocol: "http" });
  const client = await rawClient(port);
  await client.send(GET);
  await client.until("last");

  const drained = proxy.drain(5_000);
  await client.send(GET);

  await client.until(/last[\s\S]*last/);
  expect(client.text).toContain("Connection: close");
  client.close();
  await drained;
});

test("a worker that stops closes a connection that stays silent", async () => {
  const clock = manualClock();
  const { port, proxy } = await mesh({ instances: [], protocol: "http", deps: { clock } });
  const client = await rawClient(port);
  await eventually(() => proxy.connections().length === 1);

  void proxy.drain(60_000);
  clock.advance(LIMITS.drainSilenceMs + 2 * LIMITS.sweepMs);

  expect(await client.ended()).toBe("fin");
});

// No turn of the event loop lies between a request and what would close its connection: the kernel has it, we have not read it.
test("a request that has arrived when its silent connection's time is over is answered", async () => {
  const clock = manualClock();
  const server = serve(() => ok("still"));
  const { port, proxy } = await mesh({ instances: [server.port], protocol: "http", deps: { clock } });
  const client = await rawClient(port);
  await eventually(() => proxy.connections().length === 1);

  void client.send(GET);
  clock.advance(LIMITS.keepAliveMs + 2 * LIMITS.sweepMs);

  await client.until("still");
});

test("a request that has arrived when its port is unpublished is answered", async () => {
  const server = serve(() => ok("still"));
  const { published, proxy } = await mesh({ instances: [server.port], protocol: "http" });
  const client = await rawClient(published);
  await eventually(() => proxy.connections().length === 1);

  void client.send(GET);
  proxy.unpublish(1);

  await client.until("still");
  expect(client.text).toContain("Connection: close");
});

test("a service that does not begin to answer in time is a 504", async () => {
  const clock = manualClock();
  const server = serve();
  const { port, spans } = await mesh({ instances: [server.port], protocol: "http", deps: { clock } });

  const client = await rawClient(port);
  await client.send(GET);
  const connection = await server.connection(0);
  await connection.until("\r\n\r\n");
  clock.advance(LIMITS.firstByteMs + 2 * LIMITS.sweepMs);

  expect(await client.until("504")).toContain("error=http_response_timeout");
  expect(await connection.ended()).not.toBe("open");
  expect((await spans(1))[0]).toMatchObject({ status: 504, errorCode: "response_timeout" });
});

test("an answer that stalls is cut", async () => {
  const clock = manualClock();
  const server = serve(() => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  const { port, spans } = await mesh({ instances: [server.port], protocol: "http", deps: { clock } });

  const client = await rawClient(port);
  await client.send(GET);
  await client.until("half");
  clock.advance(LIMITS.streamIdleMs + 2 * LIMITS.sweepMs);

  expect(await client.ended()).toBe("fin");
  expect((await spans(1))[0]).toMatchObject({ status: 200, errorCode: "response_stalled" });
});

test("a connect that nobody accepts in time goes to the next endpoint", async () => {
  const clock = manualClock();
  const server = serve(() => ok("other"));
  // the queue of a listener with backlog 0 is full with one connection; further SYNs are dropped
  const full = listenTcp("127.0.0.1", 0, { backlog: 0 });
  const fullPort = localAddress(full).port;
  const fillers = [dialTcp("127.0.0.1", fullPort), dialTcp("127.0.0.1", fullPort)];
  const { port, dialled, spans } = await mesh({
    instances: [fullPort, server.port],
    protocol: "http",
    deps: { clock },
    policy: { loadBalancing: { type: "round-robin" } },
  });

  const client = await rawClient(port);
  await client.send(GET);
  await eventually(() => dialled.length === 1);
  await eventually(() => {
    clock.advance(LIMITS.sweepMs);
    return client.text.includes("other");
  });
  closeFds([full, ...fillers]);

  expect(dialled).toEqual([fullPort, server.port]);
  expect((await spans(1))[0]).toMatchObject({ status: 200, workload: 101 });
});

test("a workload that is forgotten accepts nothing more; what is open ends with its exchange", async () => {
  const server = serve((text) => (text.includes("/slow") ? undefined : ok("x")));
  const { port, proxy } = await mesh({ instances: [server.port] });

  const [idle, busy] = [await rawClient(port), await rawClient(port)];
  await idle.send(GET);
  await idle.until("x");
  await busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  const connection = await server.connection(0);
  await connection.until("/slow");
  proxy.forget(CALLER);
  expect(await idle.ended()).not.toBe("reset");
  await connection.send(ok("slow but whole"));

  await busy.until("slow but whole");
  expect(busy.text).toContain("Connection: close\r\n");
  expect(await busy.ended()).toBe("fin");
  await expect(rawClient(port)).rejects.toThrow();
});

test("a drain tells how many it cut, also where the connection to the service is the older one", async () => {
  const server = serve((text) => (text.includes("/first") ? ok("x") : undefined));
  const { port, proxy } = await mesh({ instances: [server.port], protocol: "http" });
  const first = await rawClient(port);
  await first.send("GET /first HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  await first.ended();
  first.close();
  await eventually(() => proxy.connections().every(({ side }) => side === "upstream"));
  const second = await rawClient(port);
  await second.send(GET);
  await eventually(() => server.connections[0]?.text.includes("GET / "));

  expect(await proxy.drain(50)).toBe(1);
});

test("an unpublished port accepts nothing more", async () => {
  const server = serve(() => ok("x"));
  const { published, proxy } = await mesh({ instances: [server.port] });

  const client = await rawClient(published);
  await client.send(GET);
  await client.until("x");
  proxy.unpublish(1);

  expect(await client.ended()).not.toBe("reset");
  await expect(rawClient(published)).rejects.toThrow();
});

test("a drain lets an exchange end, and says that it is the last", async () => {
  const server = serve();
  const { port, proxy } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(GET);
  const connection = await server.connection(0);
  await connection.until("\r\n\r\n");
  const drained = proxy.drain(5000);
  await connection.send(ok("in time"));
  await drained;

  expect(await client.until("in time")).toContain("Connection: close\r\n");
  expect(proxy.connections()).toEqual([]);
});

test("a drain that begins in the middle of an answer takes the next request too, and says that it is the last", async () => {
  const server = serve();
  const { port, proxy } = await mesh({ instances: [server.port] });
  const client = await rawClient(port);
  await client.send(GET);
  const connection = await server.connection(0);
  await connection.until("\r\n\r\n");
  await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nfir");
  await client.until("fir");

  const drained = proxy.drain(5000);
  await connection.send("st,");
  await client.until("first,");
  await client.send(GET);
  const next = await server.connection(1);
  await next.until("\r\n\r\n");
  await next.send(ok("second"));

  await client.until("second");
  expect(client.text.match(/Connection: close/g)).toHaveLength(1);
  expect(await client.ended()).toBe("fin");
  client.close();
  await drained;
});

test("a drain ends what does not end by itself", async () => {
  const server = serve();
  const { port, proxy, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(GET);
  await (await server.connection(0)).until("\r\n\r\n");
  await proxy.drain(50);

  expect(await client.ended()).not.toBe("open");
  expect((await spans(1))[0]).toMatchObject({ errorCode: "proxy_draining" });
});
