// What is tried again, where, how often, and what never is: over real sockets.
import { describe, expect, test } from "bun:test";
import { eventually } from "../../../../test/support/eventually.ts";
import { proxyFixture } from "../../../../test/support/proxy-fixture.ts";
import type { TestSpan } from "../../../../test/support/proxy-harness.ts";
import { ok, rawClient, rawServer } from "../../../../test/support/raw-tcp.ts";
import { manualClock } from "../../../base/clock.manual.ts";
import { MeshError } from "../../../base/errors/index.ts";
import { seededRandom } from "../../../base/random.ts";
import type { PolicyPatch } from "../../../model/traffic-policy.ts";
import { LIMITS } from "../../limits.ts";
import { backoff, causeOf, isIdempotent, retriedStatuses, retryAfterMs } from "./causes.ts";

const { serve, mesh } = proxyFixture();
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const answer = (status: number, body: string, fields = "") =>
  `HTTP/1.1 ${status} X\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
const inTurn = { type: "round-robin" } as const;
const on5xx: PolicyPatch = {
  loadBalancing: inTurn,
  retries: { on: ["5xx", "reset", "connect-failure"], backoffMs: 0 },
};

function requests(server: { connections: readonly { text: string }[] }): number {
  return server.connections.map(({ text }) => text.split(/ HTTP\/1.1\r\n/).length - 1).reduce((sum, n) => sum + n, 0);
}

describe("safety", () => {
  test("a GET that was answered 503 goes to another endpoint; the client sees only the second answer", async () => {
    const [bad, good] = [serve(() => answer(503, "no")), serve(() => ok("yes"))];
    const { port, spans, attempts } = await mesh({ instances: [bad.port, good.port], policy: on5xx });

    const client = await rawClient(port);
    await client.send(GET);
    await client.until("yes");

    expect(client.text).not.toContain("503");
    const spansOf = await spans(1);
    expect(spansOf).toMatchObject([{ status: 200, workload: 101 }]);
    expect(attempts).toMatchObject([{ status: 503, workload: 100 }]);
    // a call of its own in the same trace
    const [span, attempt] = [spansOf[0] as TestSpan, attempts[0] as TestSpan];
    expect(attempt.trace3).toBe(span.trace3);
    expect(attempt.client1).not.toBe(span.client1);
  });

  test("a POST that reached the server is not sent twice, whatever came of it", async () => {
    const bad = serve((_, connection) => {
      if (requests({ connections: [connection] }) % 2) return answer(503, "no");
      connection.close();
      return undefined;
    });
    const other = serve(() => ok("other"));
    const { port, attempts } = await mesh({ instances: [bad.port, other.port], policy: on5xx });

    const client = await rawClient(port);
    await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    await client.until("no");

    expect(client.text).toStartWith("HTTP/1.1 503");
    expect(requests(other)).toBe(0);
    expect(attempts).toEqual([]);
  });

  test("a POST may run twice where the policy says so, with its whole body", async () => {
    const bad = serve(() => answer(500, "no"));
    const good = serve((text) => (text.includes("hello") ? ok("yes") : undefined));
    const policy = { ...on5xx, retries: { ...on5xx.retries, unsafe: true } };
    const { port } = await mesh({ instances: [bad.port, good.port], policy });

    const client = await rawClient(port);
    await client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    await client.until("yes");

    expect(good.connections[0]?.text).toMatch(/^POST \/x HTTP[\s\S]*Content-Length: 5\r\n[\s\S]*\r\n\r\nhello$/);
  });

  test("a PUT in chunks that was refused half-way is sent again from its beginning, and goes on", async () => {
    const bad = serve((text) => (text.includes("first") ? answer(503, "no") : undefined));
    const good = serve((text) => (text.endsWith("0\r\n\r\n") ? ok("yes") : undefined));
    const { port } = await mesh({ instances: [bad.port, good.port], policy: on5xx });

    const client = await rawClient(port);
    await client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
    const second = await good.connection(0);
    await second.until("first");
    await client.send("6\r\nsecond\r\n0\r\n\r\n");
    await client.until("yes");

    expect(second.text.split("\r\n\r\n").slice(1).join("\r\n\r\n")).toBe("5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n");
  });

  test("a body that is too long to be kept is not sent twice", async () => {
    const bad = serve((text) => (text.endsWith("!") ? answer(503, "no") : undefined));
    const good = serve(() => ok("yes"));
    const { port } = await mesh({ instances: [bad.port, good.port], policy: on5xx });

    const client = await rawClient(port);
    const body = `${"x".repeat(LIMITS.keptBodyBytes)}!`;
    await client.send(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);

    expect(await client.until("no")).toStartWith("HTTP/1.1 503");
    expect(requests(good)).toBe(0);
  });

  test("never once a byte of the answer is there", async () => {
    const bad = serve((_, connection) => {
      void connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").then(() => connection.close());
      return undefined;
    });
    const good = serve(() => ok("yes"));
    const { port, spans } = await mesh({ instances: [bad.port, good.port], policy: on5xx });

    const client = await rawClient(port);
    await client.send(GET);
    await client.ended();

    expect(client.text).toContain("half");
    expect(requests(good)).toBe(0);
    expect((await spans(1))[0]?.errorCode).toBe("response_incomplete");
  });

  test("a reset before the answer is retried for a GET", async () => {
    const bad = serve((_, connection) => {
      connection.reset();
      return undefined;
    });
    const good = serve(() => ok("yes"));
    const { port, attempts, spans } = await mesh({ instances: [bad.port, good.port], policy: on5xx });

    const client = await rawClient(port);
    await client.send(GET);
    await client.until("yes");

    await spans(1);
    expect(attempts).toMatchObject([{ workload: 100, errorCode: "upstream_closed" }]);
  });
});

describe("how often, and when", () => {
  test("no more than so many retries; then the last answer is passed on", async () => {
    const servers = [1, 2, 3, 4].map((n) => serve(() => answer(500, `no ${n}`)));
    const policy = { ...on5xx, retries: { ...on5xx.retries, attempts: 2 } };
    const { port, attempts, spans } = await mesh({ instances: servers.map(({ port }) => port), policy });

    const client = await rawClient(port);
    await client.send(GET);
    await client.until("no 3");

    await spans(1);
    expect(attempts).toHaveLength(2);
    expect(servers.map(requests)).toEqual([1, 1, 1, 0]);
  });

  test("the budget ends retries that the count would allow", async () => {
    const bad = serve(() => answer(500, "no"));
    const policy: PolicyPatch = {
      retries: { on: ["5xx"], attempts: 1, backoffMs: 0, budgetShare: 0.2, budgetPerSecond: 0 },
    };
    const { port, attempts, spans } = await mesh({ instances: [bad.port], policy });

    const client = await rawClient(port);
    await client.send(GET.repeat(50));
    await spans(50);

    expect(attempts).toHaveLength(10);
    expect(requests(bad)).toBe(60);
  });

  test("the wait before a retry is what Retry-After says; one that is longer than we wait is the caller's", async () => {
    const clock = manualClock();
    let count = 0;
    const server = serve((text) => {
      if (text.includes("/long")) return answer(503, "long", "Retry-After: 60\r\n");
      return count++ === 0 ? answer(503, "no", "Retry-After: 1\r\n") : ok("yes");
    });
    const policy: PolicyPatch = { retries: { on: ["5xx"], backoffMs: 10, maxBackoffMs: 5_000 } };
    const { port } = await mesh({ instances: [server.port], protocol: "http", policy, deps: { clock } });

    const client = await rawClient(port);
    await client.send(GET);
    await eventually(() => count === 1);
    clock.advance(500);
    await new Promise((resolve) => setImmediate(resolve));
    expect(count).toBe(1);
    await eventually(() => {
      clock.advance(100);
      return count === 2;
    });
    await client.until("yes");
    await client.send(GET.replace("/", "/long"));

    expect(await client.until("long")).toContain("Retry-After: 60");
  });

  test("a client that goes away while it waits for the retry ends it", async () => {
    const clock = manualClock();
    const server = serve(() => answer(503, "no", "Retry-After: 1\r\n"));
    const policy: PolicyPatch = { retries: { on: ["5xx"], maxBackoffMs: 5_000 } };
    const { port, spans } = await mesh({ instances: [server.port], protocol: "http", policy, deps: { clock } });

    const client = await rawClient(port);
    await client.send(GET);
    await eventually(() => requests(server) === 1);
    await new Promise((resolve) => setImmediate(resolve));
    client.reset();
    expect((await spans(1))[0]).toMatchObject({ errorCode: "client_gone" });
    clock.advance(5_000);
    await new Promise((resolve) => setImmediate(resolve));

    expect(requests(server)).toBe(1);
  });

  test("a try that takes too long is given up and made elsewhere; without retries it is a 504", async () => {
    const clock = manualClock();
    const [slow, good] = [serve(), serve(() => ok("yes"))];
    const policy: PolicyPatch = { loadBalancing: inTurn, retries: { on: ["timeout"], perTryMs: 200, backoffMs: 0 } };
    const { port, attempts, spans } = await mesh({
      instances: [slow.port, good.port],
      protocol: "http",
      policy,
      deps: { clock },
    });

    const client = await rawClient(port);
    await client.send(GET);
    await eventually(() => requests(slow) === 1);
    clock.advance(150);
    expect(requests(good)).toBe(0);
    clock.advance(100);
    await client.until("yes");
    await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    await eventually(() => requests(slow) === 2);
    clock.advance(300);

    expect(await client.until("504")).toContain("within the 200 ms of one try");
    await spans(2);
    expect(attempts).toMatchObject([{ errorCode: "response_timeout" }]);
  });

  test("an endpoint that is down does not cost a POST when another is up", async () => {
    const down = rawServer();
    down.stop();
    const good = serve(() => ok("yes"));
    const { port } = await mesh({ instances: [down.port, good.port] });

    const client = await rawClient(port);
    for (let i = 0; i < 20; i++) {
      await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
      await eventually(() => client.text.split("yes").length === i + 2);
    }

    expect(client.text).not.toContain("502");
  });
});

describe("the rules", () => {
  test.each([
    ["upstream_refused", false, "connect-failure"],
    ["connect_timeout", false, "connect-failure"],
    ["upstream_closed", false, "reset"],
    ["upstream_closed", true, undefined],
    ["upstream_reset", false, "reset"],
    ["response_timeout", false, "timeout"],
    ["response_invalid", true, undefined],
    ["client_gone", false, undefined],
    ["breaker_open", false, undefined],
    ["no_endpoint", false, undefined],
  ] as const)("%s (answered: %p) is %p", (code, hasAnswered, cause) => {
    expect(causeOf(new MeshError(code, "x"), hasAnswered)).toBe(cause as never);
  });

  test.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"])("%s is idempotent (RFC 9110 §9.2.2)", (method) => {
    expect(isIdempotent(method)).toBe(true);
  });
  test.each(["POST", "PATCH", "CONNECT", "get", "LOCK"])("%s is not", (method) => {
    expect(isIdempotent(method)).toBe(false);
  });

  test("statuses", () => {
    const statuses = retriedStatuses({ on: ["gateway-error", "retriable-4xx"], codes: [418] });
    expect([...statuses.keys()].filter((status) => statuses[status])).toEqual([409, 418, 425, 502, 503, 504]);
  });

  test("the backoff doubles up to its limit, and is spread over all of it", () => {
    const policy = { backoffMs: 25, maxBackoffMs: 150 };
    expect([1, 2, 3, 4, 5].map((nth) => backoff(policy, nth, 1))).toEqual([25, 50, 100, 150, 150]);
    const random = seededRandom(1);
    const drawn = Array.from({ length: 1000 }, () => backoff(policy, 3, random.unit()));
    expect(Math.min(...drawn)).toBeLessThan(2);
    expect(Math.max(...drawn)).toBeGreaterThan(98);
  });

  test.each([
    ["120", 120_000],
    ["Fri, 31 Dec 1999 23:59:59 GMT", 59_000],
    ["Fri, 31 Dec 1999 23:58:59 GMT", 0],
    ["soon", 0],
    ["-5", 0],
    [undefined, 0],
  ])("Retry-After: %p is %d ms (RFC 9110 §10.2.3)", (value, ms) => {
    expect(retryAfterMs(value, Date.UTC(1999, 11, 31, 23, 59, 0) * 1000)).toBe(ms);
  });
});
