// Kept connections, endpoints that fail, and what is tried again: never anything twice that may have happened.
import { expect, test } from "bun:test";
import { eventually } from "../../test/support/eventually.ts";
import { proxyFixture } from "../../test/support/proxy-fixture.ts";
import { ok, rawClient, rawServer } from "../../test/support/raw-tcp.ts";
import { dialTcp } from "../sys/socket.ts";
import type { DialResult, ProxyDeps } from "./types.ts";

const { serve, mesh } = proxyFixture();
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

/** A port on which nobody listens. */
function deadPort(): number {
  const server = rawServer();
  server.stop();
  return server.port;
}

test("requests of different callers share one kept connection, one after the other", async () => {
  const server = serve(() => ok("x"));
  const { port, spans } = await mesh({ instances: [server.port] });

  for (let i = 0; i < 3; i++) {
    const client = await rawClient(port);
    await client.send(GET);
    await client.until("x");
  }

  expect(server.connections).toHaveLength(1);
  expect((await spans(3)).map(({ flags }) => flags & 1)).toEqual([0, 1, 1]);
});

test("a request whose connection is long in the making takes one that comes to rest before", async () => {
  const answers: Array<() => void> = [];
  const server = serve((_, connection) => {
    answers.push(() => void connection.send(ok(`answer ${answers.length}`)));
    return undefined;
  });
  const held: Array<() => void> = [];
  let dials = 0;
  const dial: ProxyDeps["dial"] = (_, done) => {
    const connected = () => done({ ok: true, fd: dialTcp("127.0.0.1", server.port) });
    if (++dials === 1) queueMicrotask(connected);
    else held.push(connected);
  };
  const { port, spans } = await mesh({ protocol: "http", instances: [server.port], deps: { dial } });
  const clients = await Promise.all([rawClient(port), rawClient(port), rawClient(port)]);
  await clients[0].send(GET);
  await eventually(() => answers.length === 1);
  await clients[1].send(POST);
  await eventually(() => held.length === 1);
  await clients[2].send(GET);
  await eventually(() => held.length === 2);

  answers[0]?.();
  await eventually(() => answers.length === 2);
  answers[1]?.();
  await eventually(() => answers.length === 3);
  answers[2]?.();
  for (const client of clients) await client.until("answer");

  expect(server.connections).toHaveLength(1);
  expect((await spans(3)).map(({ flags }) => flags & 1)).toEqual([0, 1, 1]);

  // what was made for the two is kept for others
  for (const connected of held) connected();
  await eventually(() => server.connections.length === 3);
  for (const client of clients) await client.send(GET);
  await eventually(() => answers.length === 6);
  expect(dials).toBe(3);
});

test("a connection in the making is one that is carried to its workload", async () => {
  const failed: DialResult = { ok: false, error: "unreachable", detail: "by the test" };
  let fail: (() => void) | undefined;
  const dial: ProxyDeps["dial"] = (_, done) => {
    if (fail) queueMicrotask(() => done(failed));
    else fail = () => done(failed);
  };
  const { port, counts } = await mesh({ protocol: "http", instances: [1], deps: { dial } });
  const client = await rawClient(port);

  await client.send(GET);
  await eventually(() => fail !== undefined);
  expect(counts.get(100)).toBe(1);

  fail?.();
  await client.until("502");
  expect(counts.get(100)).toBe(0);
});

test("ready endpoints take turns where that is wanted", async () => {
  const servers = ["a", "b", "c"].map((name) => serve(() => ok(name.repeat(3))));
  const policy = { loadBalancing: { type: "round-robin" } } as const;
  const { port, spans } = await mesh({ instances: servers.map(({ port }) => port), policy });

  const client = await rawClient(port);
  await client.send(GET.repeat(6));
  await client.until(/ccc[\s\S]*ccc/);

  expect((await spans(6)).map(({ workload }) => workload)).toEqual([100, 101, 102, 100, 101, 102]);
});

test("an endpoint that refuses is reported, and the next one gets the request, even a POST", async () => {
  const server = serve(() => ok("done"));
  const dead = deadPort();
  const policy = { loadBalancing: { type: "round-robin" } } as const;
  const { port, refused, spans, attempts } = await mesh({ instances: [dead, server.port], policy });

  const client = await rawClient(port);
  await client.send(POST);
  await client.until("done");

  expect(refused).toHaveLength(1);
  expect(refused[0]?.key).toBe(100);
  expect((await spans(1))[0]).toMatchObject({ status: 200, workload: 101, error: 0 });
  expect(attempts).toMatchObject([{ workload: 100, errorCode: "upstream_refused" }]);
});

test("what an app says when it closes a resting connection is no answer to the request that crosses it", async () => {
  const farewell = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  let requests = 0;
  const server = serve((_, connection) => {
    requests++;
    if (requests !== 2) return ok(`answer ${requests}`);
    void connection.send(farewell).then(() => connection.close());
    return undefined;
  });
  const { port, spans } = await mesh({ instances: [server.port], protocol: "http" });

  const client = await rawClient(port);
  await client.send(GET);
  await client.until("answer 1");
  await client.send(GET);

  expect(await client.until("answer 3")).not.toContain("408");
  expect((await spans(2)).map(({ status }) => status)).toEqual([200, 200]);
});

test("when every endpoint refuses, the answer says so", async () => {
  const { port, spans } = await mesh({ instances: [deadPort(), deadPort()] });

  const client = await rawClient(port);
  await client.send(GET);

  const text = await client.until("upstream_refused");
  expect(text).toStartWith("HTTP/1.1 502 Bad Gateway\r\n");
  expect(text).toContain("Proxy-Status: meshwise; error=connection_refused; details=");
  expect((await spans(1))[0]).toMatchObject({ status: 502, errorCode: "upstream_refused" });
});

test("a GET on a kept connection that dies before the answer is repeated once on a fresh one", async () => {
  const server = serve((_, connection) => {
    if (server.connections.indexOf(connection) > 0) return ok("second");
    if (connection.text.split("GET").length === 2) return ok("first");
    connection.close();
    return undefined;
  });
  const { port, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(GET);
  await client.until("first");
  await client.send(GET);
  await client.until("second");

  expect(server.connections).toHaveLength(2);
  expect((await spans(2))[1]).toMatchObject({ status: 200, error: 0 });
});

test("a POST on a kept connection that dies before the answer is not sent twice", async () => {
  const server = serve((text, connection) => {
    if (text.startsWith("GET")) return ok("first");
    connection.close();
    return undefined;
  });
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(GET);
  await client.until("first");
  await client.send(POST);

  expect(await client.until("502")).toContain("error=connection_terminated");
  const received = server.connections.map(({ text }) => text).join("");
  expect(received.match(/POST/g)).toHaveLength(1);
});

test("a POST does not go onto a kept connection whose FIN lies unread", async () => {
  const server = serve((text, connection) => {
    if (text.startsWith("POST")) return ok("posted");
    void connection.send(ok("first")).then(() => connection.finish());
    return undefined;
  });
  const { port, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  // both in one segment: the POST is looked at in the very event in which the GET's answer came, before any FIN can be seen
  await client.send(GET + POST);
  await client.until("posted");

  expect((await spans(2)).map(({ status, error }) => [status, error])).toEqual([
    [200, 0],
    [200, 0],
  ]);
});

test("a connection that the service closes while it rests is not used again", async () => {
  const server = serve(() => ok("x"));
  const { port, proxy } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(GET);
  await client.until("x");
  (await server.connection(0)).close();
  await eventually(() => proxy.connections().every(({ side }) => side === "downstream"));
  await client.send(POST);
  await client.until(/x[\s\S]*x/);

  expect(server.connections).toHaveLength(2);
});

test("bytes that nobody asked for end a resting connection", async () => {
  const server = serve((text) => (text.startsWith("GET") ? ok("x") : ok("y")));
  const { port, proxy } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(GET);
  await client.until("x");
  await (await server.connection(0)).send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  await eventually(() => proxy.connections().every(({ side }) => side === "downstream"));
  await client.send(GET);
  await client.until(/x[\s\S]*x/);

  expect(client.text).not.toContain("evil");
});

test("a service that closes without an answer is a 502 that says so", async () => {
  const server = serve((_, connection) => {
    connection.close();
    return undefined;
  });
  const { port, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(GET);

  expect(await client.until("502")).toContain("The service closed the connection before it answered");
  expect((await spans(1))[0]).toMatchObject({ status: 502, errorCode: "upstream_closed" });
  expect(server.connections).toHaveLength(1);
});

test.each([
  ["by length", "Content-Length: 100\r\n\r\nhalf"],
  ["in chunks", "Transfer-Encoding: chunked\r\n\r\n64\r\nhalf"],
])("an answer %s that breaks off is visibly cut", async (_, rest) => {
  const server = serve((_, connection) => {
    void connection.send(`HTTP/1.1 200 OK\r\n${rest}`).then(() => connection.close());
    return undefined;
  });
  const { port, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(GET);
  await client.ended();

  expect(client.text).toContain("half");
  expect(client.text).not.toMatch(/half[\s\S]*0\r\n\r\n/);
  expect((await spans(1))[0]).toMatchObject({ status: 200, errorCode: "response_incomplete" });
});

test("an answer that only the connection's end delimits is cut by a reset, not by a clean end", async () => {
  const server = serve((_, connection) => {
    void connection
      .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf")
      .then(() => connection.close());
    return undefined;
  });
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("GET / HTTP/1.0\r\n\r\n");

  expect(await client.ended()).toBe("reset");
});

test.each([
  ["by FIN in the middle of its request", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf", "finish"],
  ["by reset while it waits", GET, "reset"],
  ["by reset in the middle of its request", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf", "reset"],
] as const)("a client that goes away %s ends the service's connection too", async (_, request, how) => {
  const server = serve();
  const { port, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(request);
  const connection = await server.connection(0);
  await connection.until(" HTTP/1.1");
  client[how]();

  expect(["fin", "closed", "reset"]).toContain(await connection.ended());
  const [span] = await spans(1);
  expect(span).toMatchObject({ status: 0, errorCode: "client_gone" });
  expect((span?.flags ?? 0) & 32).toBe(32);
});

test("a service without a ready instance is a 503 with what to do, as text or JSON", async () => {
  const { port, spans } = await mesh({});

  const client = await rawClient(port);
  await client.send(GET);
  const text = await client.until("meshwise ps");
  await client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html, application/json;q=0.9\r\n\r\n");
  const json = (await client.until("}\n")).split("\r\n\r\n").at(-1) ?? "";

  expect(text).toStartWith("HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain");
  expect(text).toContain('Proxy-Status: meshwise; error=destination_unavailable; details="');
  expect(text).toContain(`No instance of the service is ready on that port: app port ${port}.`);
  expect(JSON.parse(json)).toMatchObject({ error: "no_endpoint", status: 503 });
  expect((await spans(2))[0]).toMatchObject({ status: 503, errorCode: "no_endpoint", service: 3, workload: 0 });
});

test("a swap takes effect with the next request of an open connection, and closes what rests to the removed", async () => {
  const [a, b] = [serve(() => ok("from a")), serve(() => ok("from b"))];
  const { port, swap, counts } = await mesh({ instances: [a.port, b.port] });
  const endpoint = (workload: number) => ({ workload, service: "app", port, via: "own" as const });

  swap({ endpoints: [endpoint(100)] });
  const client = await rawClient(port);
  await client.send(GET);
  await client.until("from a");
  swap({ endpoints: [] });
  await client.send(GET);
  await client.until("503");
  swap({ endpoints: [endpoint(101)] });
  await client.send(GET);
  await client.until("from b");

  await eventually(() => a.connections[0]?.ending !== "open");
  expect(counts.get(100)).toBe(0);
  expect(counts.get(101)).toBe(1);
});
