// The record of an exchange: every column, phases in order, ids that fit together.
import { expect, test } from "bun:test";
import { eventually } from "../../test/support/eventually.ts";
import { proxyFixture } from "../../test/support/proxy-fixture.ts";
import { ok, rawClient } from "../../test/support/raw-tcp.ts";
import { ABSENT, type Span } from "../model/span.ts";

const { serve, mesh } = proxyFixture();
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const hex = (...words: number[]) => words.map((word) => word.toString(16).padStart(8, "0")).join("");

test("a request's record has every column", async () => {
  const server = serve(() => ok("12345"));
  const { port, spans } = await mesh({ instances: [server.port] });
  const beforeUs = Date.now() * 1000;

  const client = await rawClient(port);
  await client.send("POST /orders/7?token=secret HTTP/1.1\r\nHost: app\r\nContent-Length: 3\r\n\r\nabc");
  await client.until("12345");

  const [span] = await spans(1);
  expect(span).toMatchObject({
    requestBytes: 3,
    responseBytes: 5,
    parent0: 0,
    parent1: 0,
    source: 7,
    service: 3,
    workload: 100,
    secured: ABSENT,
    clientRetransmits: 0,
    serverRetransmits: 0,
    port,
    status: 200,
    flags: 0,
    error: 0,
    protocol: 1,
    method: 3,
    path: "/orders/7",
    authority: "",
  });
  const { startUs = 0, clientRtt, serverRtt } = span as Span;
  expect(startUs).toBeGreaterThan(beforeUs - 2000);
  expect(startUs).toBeLessThan(Date.now() * 1000 + 2000);
  expect(clientRtt).toBeLessThan(1_000_000);
  expect(serverRtt).toBeLessThan(1_000_000);
  expect(phases(span as Span)).toEqual(phases(span as Span).toSorted((a, b) => a - b));
  expect(phases(span as Span)).not.toContain(ABSENT);
});

function phases({ head, routed, pooled, connected, sent, firstByte, lastIn, end }: Span): number[] {
  return [head, routed, pooled, connected, sent, firstByte, lastIn, end];
}

test("a kept connection has no phase of connecting, and the paths are asked about now and then only", async () => {
  const server = serve(() => ok("x"));
  const { port, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  for (let i = 0; i < 66; i++) {
    await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await eventually(() => client.receivedBytes === (i + 1) * ok("x").length, { everyMs: 1 });
  }

  const all = await spans(66);
  expect(all[1]).toMatchObject({ connected: ABSENT, clientRtt: ABSENT, serverRtt: ABSENT, flags: 1 });
  const sampled = all.flatMap(({ clientRtt }, i) => (clientRtt === ABSENT ? [] : [i]));
  expect(sampled).toEqual([0, 64]);
});

test("a valid traceparent is continued: same trace, our client span between caller and service", async () => {
  const server = serve(() => ok("x"));
  const { port, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(
    `GET / HTTP/1.1\r\nHost: a\r\ntraceparent: 00-${TRACE}-${PARENT}-00\r\ntracestate: a=1\r\nTraceState: b=2\r\n\r\n`,
  );
  await client.until("x");

  const span = (await spans(1))[0] as Span;
  expect(hex(span.trace0, span.trace1, span.trace2, span.trace3)).toBe(TRACE);
  expect(hex(span.parent0, span.parent1)).toBe(PARENT);
  expect(span.flags & 4).toBe(4);
  const received = server.connections[0]?.text ?? "";
  expect(received).toContain(`traceparent: 00-${TRACE}-${hex(span.client0, span.client1)}-00\r\n`);
  expect(received).toContain("tracestate: a=1, b=2\r\n");
  expect(new Set([hex(span.client0, span.client1), hex(span.server0, span.server1), PARENT]).size).toBe(3);
});

test("an invalid traceparent is replaced, and its tracestate dropped", async () => {
  const server = serve(() => ok("x"));
  const { port, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(
    `GET / HTTP/1.1\r\nHost: a\r\ntraceparent: 00-${"0".repeat(32)}-${PARENT}-00\r\ntracestate: a=1\r\n\r\n`,
  );
  await client.until("x");

  const received = server.connections[0]?.text ?? "";
  expect(received.match(/traceparent/gi)).toHaveLength(1);
  expect(received).not.toContain("tracestate");
  const span = (await spans(1))[0] as Span;
  expect(received).toContain(
    `traceparent: 00-${hex(span.trace0, span.trace1, span.trace2, span.trace3)}-${hex(span.client0, span.client1)}-01`,
  );
});

test("a path beyond what is kept is cut, and marked", async () => {
  const server = serve(() => ok("x"));
  const { port, spans } = await mesh({ instances: [server.port] });
  const path = `/${"p".repeat(300)}`;

  const client = await rawClient(port);
  await client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await client.until("x");

  const span = (await spans(1))[0] as Span;
  expect(span.path).toBe(path.slice(0, 160));
  expect(span.flags & 64).toBe(64);
});

test("through a published port the caller is the outside", async () => {
  const server = serve(() => ok("x"));
  const { published, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(published);
  await client.send("BREW / HTTP/1.0\r\n\r\n");
  await client.until("x");

  expect((await spans(1))[0]).toMatchObject({ source: 0, service: 3, flags: 8, protocol: 2, method: 11 });
});
