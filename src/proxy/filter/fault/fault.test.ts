// Faults on purpose, over real sockets.
import { expect, test } from "bun:test";
import { eventually } from "../../../../test/support/eventually.ts";
import { proxyFixture } from "../../../../test/support/proxy-fixture.ts";
import { ok, rawClient } from "../../../../test/support/raw-tcp.ts";
import { manualClock } from "../../../base/clock.manual.ts";
import { FLAG } from "../../../model/span.ts";
import type { Fault } from "../../../model/traffic-policy.ts";

const { serve, mesh } = proxyFixture();
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const one = (change: Partial<Fault>): Fault => ({ name: "f", share: 1, delayMs: 0, abort: 0, bandwidth: 0, ...change });

test("an answer in the service's place, marked in the span", async () => {
  const server = serve(() => ok("x"));
  const made = await mesh({ instances: [server.port], policy: { faults: [one({ abort: 418 })] } });

  const client = await rawClient(made.port);
  await client.send(GET + GET);

  expect(await client.until(/fault_injected[\s\S]*fault_injected/)).toStartWith("HTTP/1.1 418");
  const [span] = await made.spans(2);
  expect(span).toMatchObject({ status: 418, errorCode: "fault_injected" });
  expect((span?.flags ?? 0) & FLAG.injected).toBe(FLAG.injected);
  expect(server.connections).toHaveLength(0);
});

test("a reset", async () => {
  const server = serve(() => ok("x"));
  const made = await mesh({ instances: [server.port], policy: { faults: [one({ abort: "reset" })] } });

  const client = await rawClient(made.port);
  await client.send(GET);

  expect(await client.ended()).toBe("reset");
  expect((await made.spans(1))[0]).toMatchObject({ status: 0, errorCode: "fault_reset" });
});

test("a delay, which ends when the client goes away", async () => {
  const clock = manualClock();
  const server = serve(() => ok("x"));
  const policy = { faults: [one({ delayMs: 500 })] };
  const made = await mesh({ instances: [server.port], protocol: "http", policy, deps: { clock } });

  const client = await rawClient(made.port);
  await client.send(GET);
  await eventually(() => made.proxy.connections().some(({ state }) => state === "exchange"));
  clock.advance(400);
  expect(server.connections).toHaveLength(0);
  clock.advance(200);
  await client.until("x");
  const [span] = await made.spans(1);
  expect(span?.end).toBeGreaterThanOrEqual(500_000);

  await client.send(GET);
  await eventually(() => made.proxy.connections().some(({ state }) => state === "exchange"));
  client.reset();
  expect((await made.spans(1))[0]?.errorCode).toBe("client_gone");
  clock.advance(1_000);
  expect(server.connections[0]?.text.match(/GET/g)).toHaveLength(1);
});

test("only what matches, and of that the share", async () => {
  const server = serve(() => ok("x"));
  const match = { path: "/pay", method: "POST", header: { name: "X-Test", value: "1" } };
  const made = await mesh({
    instances: [server.port],
    policy: { faults: [one({ match, abort: 500, share: 0.5 })] },
  });
  const send = async (count: number, method: string, path: string, fields: string) => {
    const client = await rawClient(made.port);
    const request = `${method} ${path} HTTP/1.1\r\nHost: a\r\n${fields}Content-Length: 0\r\n\r\n`;
    await client.send(request.repeat(count));
    const failed = (await made.spans(count)).filter(({ status }) => status === 500).length;
    client.close();
    return failed;
  };

  const hit = await send(400, "POST", "/pay/now?x=1", "X-Test: 1\r\n");
  expect(hit).toBeGreaterThan(160);
  expect(hit).toBeLessThan(240);
  expect(await send(20, "POST", "/pay", "X-Test: 2\r\n")).toBe(0);
  expect(await send(20, "GET", "/pay", "X-Test: 1\r\n")).toBe(0);
  expect(await send(20, "POST", "/payment", "X-Test: 1\r\n")).toBe(0);
});

test("an answer that trickles comes whole, in its time, and leaves the connection in order", async () => {
  const clock = manualClock();
  const server = serve(() => ok("0123456789".repeat(100)));
  const policy = { faults: [one({ bandwidth: 1_000 })] };
  const made = await mesh({ instances: [server.port], protocol: "http", policy, deps: { clock } });

  const client = await rawClient(made.port);
  for (let round = 1; round <= 2; round++) {
    const before = client.text.length;
    const start = clock.monotonicMs();
    await client.send(GET);
    await eventually(() => {
      clock.advance(10);
      return client.text.length - before >= 1_000 + "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".length;
    });
    expect(client.text.slice(before)).toEndWith("0123456789".repeat(100));
    expect(clock.monotonicMs() - start).toBeGreaterThanOrEqual(950);
  }
  expect(server.connections).toHaveLength(1);
});
