// Opaque connections: bytes as they are, ends as they are, and how long it takes to know that they are opaque.
import { expect, test } from "bun:test";
import { eventually } from "../../test/support/eventually.ts";
import { proxyFixture } from "../../test/support/proxy-fixture.ts";
import { ok, type RawServer, rawClient, rawServer } from "../../test/support/raw-tcp.ts";
import { manualClock } from "../base/clock.manual.ts";
import { LIMITS } from "./limits.ts";

const { serve, mesh } = proxyFixture();

test.each([
  ["TLS", "\x16\x03\x01\x02\x00\x01", 1],
  ["the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0],
  ["Redis with an answer that is none", "*1\r\n$4\r\nPING\r\n", 0],
  ["Redis by hand", "SET a b\r\n", 1],
  ["memcached", "get foo\r\n", 1],
  ["HTTP/0.9", "GET /\r\n", 1],
])("%s is carried byte for byte", async (_, bytes, turns) => {
  const server = serve((text) => `<${text}>`);
  const { port, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(bytes);
  await client.until(`<${bytes}>`);
  client.finish();
  (await server.connection(0)).finish();

  const all = await spans(turns + 1);
  const sum = (of: (span: (typeof all)[number]) => number) => all.reduce((total, span) => total + of(span), 0);
  expect(sum(({ requestBytes }) => requestBytes)).toBe(bytes.length);
  expect(sum(({ responseBytes }) => responseBytes)).toBe(bytes.length + 2);
  const of = { method: 0, status: 0, error: 0, source: 7, service: 3, workload: 100, port };
  expect(all.at(-1)).toMatchObject({ ...of, protocol: 0 });
});

test("a half-close passes as a half-close, either way", async () => {
  const server = serve();
  const { port } = await mesh({ instances: [server.port], protocol: "tcp" });

  const client = await rawClient(port);
  await client.send("question");
  client.finish();
  const connection = await server.connection(0);
  expect(await connection.ended()).toBe("fin");
  await connection.send("a late answer");
  await client.until("a late answer");
  connection.finish();

  expect(await client.ended()).not.toBe("reset");
});

test("the service may finish first and still be told something", async () => {
  const server = serve();
  const { port } = await mesh({ instances: [server.port], protocol: "tcp" });

  const client = await rawClient(port);
  const connection = await server.connection(0);
  connection.finish();
  expect(await client.ended()).toBe("fin");
  await client.send("still here");

  await connection.until("still here");
});

test.each([["client"], ["service"]] as const)("a reset by the %s arrives as a reset", async (who) => {
  const server = serve();
  const { port, spans } = await mesh({ instances: [server.port], protocol: "tcp" });

  const client = await rawClient(port);
  await client.send("x");
  const connection = await server.connection(0);
  await connection.until("x");
  const [from, to] = who === "client" ? [client, connection] : [connection, client];
  from.reset();

  expect(await to.ended()).toBe("reset");
  expect((await spans(1))[0]?.errorCode).toBe(who === "client" ? "client_gone" : "upstream_reset");
});

test("a server that speaks first is heard after a moment, and the next time at once", async () => {
  const server = serve(undefined, { greeting: "220 ready\r\n" });
  const { port } = await mesh({ instances: [server.port] });

  const first = await rawClient(port);
  await first.until("220 ready");
  const before = performance.now();
  const second = await rawClient(port);
  await second.until("220 ready");
  const waited = performance.now() - before;

  expect(waited).toBeLessThan(80);
});

test("a connection that a browser keeps in reserve is neither passed on nor recorded", async () => {
  const server = serve((text) => (text.startsWith("GET") ? ok("page") : undefined), {});
  const clock = manualClock();
  const { port, proxy, spans } = await mesh({ instances: [server.port], deps: { clock } });
  const first = await rawClient(port);
  await first.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  await first.ended();

  const reserve = await rawClient(port);
  await eventually(() => proxy.connections().some((one) => one.side === "downstream" && one.state === "detecting"));
  clock.advance(10 * LIMITS.silenceMs);
  expect(proxy.connections().map((one) => one.state)).toContain("detecting");
  reserve.finish();
  await reserve.ended();
  const last = await rawClient(port);
  await last.send("GET /last HTTP/1.1\r\nHost: a\r\n\r\n");
  await last.until("page");

  expect((await spans(2)).map((span) => span.path)).toEqual(["/", "/last"]);
  expect(server.connections.length).toBeLessThanOrEqual(2);
});

test("a client that was silent at first and then speaks HTTP is still served as HTTP, even where servers spoke first", async () => {
  const server = serve((text) => (text.startsWith("GET") ? ok("http") : undefined), {});
  const { port, proxy, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await eventually(() => server.connections.length === 1 && proxy.connections().some((c) => c.state === "undecided"));
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await client.until("http");

  expect((await spans(1))[0]).toMatchObject({ protocol: 1, status: 200, path: "/" });
  expect(server.connections[1]?.text).toContain("traceparent: ");
});

test("a connection made on suspicion holds nothing once HTTP is spoken", async () => {
  const server = serve(() => ok("web"));
  const { port } = await mesh({
    instances: [server.port],
    policy: { circuitBreaking: { maxConnections: 1, maxPending: 0, maxRequests: 1 } },
  });
  for (let n = 1; n <= 2; n++) {
    const client = await rawClient(port);
    await server.connection(n - 1);
    await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    expect(await client.until("web")).toStartWith("HTTP/1.1 200");
  }
});

test("a first line in pieces is recognised", async () => {
  const server = serve(() => ok("pieces"));
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  for (const piece of ["GE", "T /pa", "th HTT", "P/1.1\r\nHo", "st: a\r\n", "\r\n"]) {
    await client.send(piece);
    await new Promise(setImmediate);
  }

  await client.until("pieces");
});

test("a declared protocol is not guessed at: `tcp` carries HTTP unseen, `http` refuses what is none", async () => {
  const server = serve(() => ok("raw"));
  const asTcp = await mesh({ instances: [server.port], protocol: "tcp" });
  const asHttp = await mesh({ instances: [server.port], protocol: "http" });

  const tcp = await rawClient(asTcp.port);
  await tcp.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await tcp.until("raw");
  const http = await rawClient(asHttp.port);
  await http.send("PING\r\n\r\n");
  await http.until("400");

  expect(server.connections).toHaveLength(1);
  expect(server.connections[0]?.text).toBe("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
});

test("without an endpoint the connection is reset", async () => {
  const { port, spans } = await mesh({ protocol: "tcp" });

  const client = await rawClient(port);

  expect(await client.ended()).toBe("reset");
  expect((await spans(1))[0]).toMatchObject({ protocol: 0, errorCode: "no_endpoint" });
});

test("an endpoint that refuses is skipped", async () => {
  const dead = rawServer();
  dead.stop();
  const server = serve((text) => text);
  const { port, refused } = await mesh({ instances: [dead.port, server.port], protocol: "tcp" });

  // the endpoint is drawn: sooner or later it is the dead one
  for (let tries = 0; refused.length === 0 && tries < 30; tries++) {
    const client = await rawClient(port);
    await client.send("hello");
    await client.until("hello");
  }

  expect(refused).toHaveLength(1);
});

test("outside addresses are called at the address that was dialled, never at what Host says", async () => {
  const server = serve(() => ok("outside"));
  const { port, spans } = await mesh({ egressTo: server.port });

  const client = await rawClient(port);
  await client.send("GET /v1?key=secret HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  await client.until("outside");

  expect(server.connections[0]?.text).toContain("Host: evil.example\r\n");
  expect((await spans(1))[0]).toMatchObject({
    service: 0,
    workload: 0,
    source: 7,
    path: "/v1",
    authority: "evil.example",
    port,
    flags: 16,
  });
});

test("without egress, HTTP gets a 403 that says so and everything else a reset", async () => {
  const server = serve(() => ok("outside"));
  const { port } = await mesh({ egressTo: server.port, egressAllowed: false });

  const http = await rawClient(port);
  await http.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect(await http.until("egress_forbidden")).toStartWith("HTTP/1.1 403 Forbidden\r\n");
  const tcp = await rawClient(port);
  await tcp.send("\x16\x03\x01");

  expect(await tcp.ended()).toBe("reset");
  expect(server.connections).toHaveLength(0);
});

test("a connection on which nobody has spoken is joined with another endpoint when its own one leaves", async () => {
  const servers = [serve(), serve((text) => `from b: ${text}`)];
  const policy = { loadBalancing: { type: "round-robin" } } as const;
  const made = await mesh({ instances: servers.map(({ port }) => port), policy });

  const client = await rawClient(made.port);
  const first = await (servers[0] as RawServer).connection(0);
  await eventually(() => made.counts.get(100) === 1);
  made.swap({ endpoints: [{ workload: 101, service: "app", port: made.port, via: "own" }] });
  await first.ended();
  await (servers[1] as RawServer).connection(0);
  await client.send("hello, no HTTP\r\n");

  await client.until("from b: hello, no HTTP");
  expect(made.counts.get(100)).toBe(0);
});
