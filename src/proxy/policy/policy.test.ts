// What a policy changes beside retries, limits and verdicts: limits of time, warm connections, zones, hashing, and that a
// change of configuration forgets nothing.
import { describe, expect, test } from "bun:test";
import { eventually } from "../../../test/support/eventually.ts";
import { proxyFixture } from "../../../test/support/proxy-fixture.ts";
import { ok, rawClient } from "../../../test/support/raw-tcp.ts";
import { manualClock } from "../../base/clock.manual.ts";
import { closeFds } from "../../sys/libc.ts";
import { dialTcp, listenTcp, localAddress } from "../../sys/socket.ts";
import { LIMITS } from "../limits.ts";

const { serve, mesh } = proxyFixture();
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
type Made = Awaited<ReturnType<typeof mesh>>;

async function workloads(made: Made, requests: readonly string[]): Promise<number[]> {
  const client = await rawClient(made.port);
  await client.send(requests.join(""));
  const spans = await made.spans(requests.length);
  client.close();
  return spans.map(({ workload }) => workload);
}

describe("limits of time", () => {
  test("until the first byte", async () => {
    const clock = manualClock();
    const server = serve();
    const policy = { timeouts: { firstByteMs: 2_000 } };
    const { port } = await mesh({ instances: [server.port], protocol: "http", policy, deps: { clock } });
    const client = await rawClient(port);
    await client.send(GET);
    await (await server.connection(0)).until("GET");
    clock.advance(1_900);
    expect(client.text).toBe("");
    clock.advance(100 + 2 * LIMITS.sweepMs);
    expect(await client.until("504")).toContain("within 2 s");
  });

  test("without a byte in the middle of an answer", async () => {
    const clock = manualClock();
    const server = serve(() => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    const policy = { timeouts: { idleMs: 1_000 } };
    const { port, spans } = await mesh({ instances: [server.port], protocol: "http", policy, deps: { clock } });
    const client = await rawClient(port);
    await client.send(GET);
    await client.until("half");
    clock.advance(1_000 + 2 * LIMITS.sweepMs);
    await client.ended();
    expect((await spans(1))[0]?.errorCode).toBe("response_stalled");
  });

  test("on an opaque connection", async () => {
    const clock = manualClock();
    const server = serve((text) => text);
    const policy = { timeouts: { idleMs: 5_000 } };
    const { port, spans } = await mesh({ instances: [server.port], protocol: "tcp", policy, deps: { clock } });
    const client = await rawClient(port);
    await client.send("ping");
    await client.until("ping");
    clock.advance(5_000 + 2 * LIMITS.sweepMs);
    await client.ended();
    expect((await spans(2))[1]?.errorCode).toBe("connection_idle"); // after what was said on it
  });

  test("for a connection: the next endpoint is asked, before the usual time is over", async () => {
    const clock = manualClock();
    const server = serve(() => ok("other"));
    const full = listenTcp("127.0.0.1", 0, { backlog: 0 });
    const fullPort = localAddress(full).port;
    const fillers = [dialTcp("127.0.0.1", fullPort), dialTcp("127.0.0.1", fullPort)];
    const policy = { loadBalancing: { type: "round-robin" }, timeouts: { connectMs: 100 } } as const;
    const made = await mesh({ instances: [fullPort, server.port], protocol: "http", policy, deps: { clock } });
    const client = await rawClient(made.port);
    await client.send(GET);
    await eventually(() => made.dialled.length === 1);
    clock.advance(120);
    await client.until("other");
    closeFds([full, ...fillers]);
    await made.spans(1);
    expect(made.attempts).toMatchObject([{ errorCode: "connect_timeout", workload: 100 }]);
  });
});

describe("warm connections", () => {
  test("stand before anybody asks, and the next request takes one", async () => {
    const clock = manualClock();
    const server = serve(() => ok("x"));
    const policy = { loadBalancing: { warmConnections: 3 } };
    const made = await mesh({ instances: [server.port], protocol: "http", policy, deps: { clock } });
    await workloads(made, [GET]);
    clock.advance(LIMITS.sweepMs);
    await eventually(() => server.connections.length === 3);
    const client = await rawClient(made.port);
    await client.send(GET);
    expect((await made.spans(1))[0]?.flags).toBe(1);
    clock.advance(4 * LIMITS.sweepMs);
    expect(server.connections).toHaveLength(3);
  });

  test("a new endpoint has them before its first request", async () => {
    const clock = manualClock();
    const servers = [serve(() => ok("a")), serve(() => ok("b"))];
    const policy = { loadBalancing: { warmConnections: 2, type: "round-robin" } } as const;
    const made = await mesh({ instances: servers.map(({ port }) => port), protocol: "http", policy, deps: { clock } });
    const endpoint = (workload: number) => ({ workload, service: "app", port: made.port, via: "own" as const });
    made.swap({ endpoints: [endpoint(100)] });
    await workloads(made, [GET]);
    made.swap({ endpoints: [endpoint(100), endpoint(101)] });
    clock.advance(LIMITS.sweepMs);
    await eventually(() => servers[1]?.connections.length === 2);
  });

  test("an endpoint that refuses is not dialled all the time", async () => {
    const clock = manualClock();
    const server = serve(() => ok("x"));
    const gone = serve();
    gone.stop();
    const policy = { loadBalancing: { warmConnections: 1 } };
    const made = await mesh({ instances: [server.port, gone.port], protocol: "http", policy, deps: { clock } });
    await workloads(made, [GET]);
    const dials = () => made.dialled.filter((port) => port === gone.port).length;
    clock.advance(LIMITS.sweepMs);
    await eventually(() => dials() > 0);
    const before = dials();
    for (let i = 0; i < 20; i++) {
      clock.advance(LIMITS.sweepMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(dials() - before).toBeLessThanOrEqual(1);
  });
});

describe("zones", () => {
  const zoned = async (zones: readonly (string | undefined)[], preference: number) => {
    const servers = zones.map(() => serve(() => ok("x")));
    const made = await mesh({
      instances: servers.map(({ port }) => port),
      zones,
      policy: { loadBalancing: { type: "round-robin", zonePreference: preference } },
    });
    return { made, servers };
  };

  test("the caller's own zone gets all, as long as it is well", async () => {
    const { made } = await zoned(["a", "a", "b", "b"], 0.7);
    expect(new Set(await workloads(made, Array(40).fill(GET)))).toEqual(new Set([100, 101]));
  });

  test("without a preference, or without anybody near, all are used", async () => {
    const far = await zoned(["b", "c"], 0.7);
    expect(new Set(await workloads(far.made, Array(20).fill(GET)))).toEqual(new Set([100, 101]));
    const off = await zoned(["a", "b"], 0);
    expect(new Set(await workloads(off.made, Array(20).fill(GET)))).toEqual(new Set([100, 101]));
  });

  test("when half of it is ejected, what the rest cannot bear spills over", async () => {
    const { made } = await zoned(["a", "a", "b", "b"], 0.8);
    const { page } = made;
    const slot = page.endpoints.find((await import("./service.ts")).endpointHash(100, made.port));
    await workloads(made, [GET]);
    page.verdicts.eject(
      slot >= 0 ? slot : page.endpoints.find((await import("./service.ts")).endpointHash(100, made.port)),
      made.hostMs(),
      600_000,
      600_000,
    );
    page.changed();

    const found = await workloads(made, Array(800).fill(GET));
    const near = found.filter((key) => key === 101).length / found.length;
    // half of them is left, and eight tenths were wanted
    expect(near).toBeGreaterThan(0.55);
    expect(near).toBeLessThan(0.7);
    expect(found).not.toContain(100);
  });
});

test.each([
  [
    "header",
    { type: "header", name: "x-user" },
    (value: string) => `GET / HTTP/1.1\r\nHost: a\r\nX-User: ${value}\r\n\r\n`,
  ],
  [
    "cookie",
    { type: "cookie", name: "sid" },
    (value: string) => `GET / HTTP/1.1\r\nHost: a\r\nCookie: a=b; sid=${value}\r\n\r\n`,
  ],
  ["query", { type: "query", name: "q" }, (value: string) => `GET /?a=1&q=${value} HTTP/1.1\r\nHost: a\r\n\r\n`],
] as const)(
  "hashing on a %s sends the same value to the same endpoint, after a swap too",
  async (_, hashOn, request) => {
    const servers = [1, 2, 3, 4].map(() => serve(() => ok("x")));
    for (const type of ["ring-hash", "maglev"] as const) {
      const made = await mesh({
        instances: servers.map(({ port }) => port),
        policy: { loadBalancing: { type, hashOn } },
      });
      const values = Array.from({ length: 24 }, (_, i) => `user-${i}`);
      const before = await workloads(made, values.map(request));
      made.swap({});
      expect(await workloads(made, values.map(request))).toEqual(before);
      expect(new Set(before).size).toBeGreaterThan(2);
      // without the value a request goes anywhere
      expect(new Set(await workloads(made, Array(40).fill(GET))).size).toBe(4);
    }
  },
);

test("hashing on the address keeps a caller at one endpoint", async () => {
  const servers = [1, 2, 3].map(() => serve(() => ok("x")));
  const policy = { loadBalancing: { type: "maglev", hashOn: { type: "address" } } } as const;
  const made = await mesh({ instances: servers.map(({ port }) => port), policy });
  expect(new Set(await workloads(made, Array(10).fill(GET))).size).toBe(1);
});
