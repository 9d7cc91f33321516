// So many requests in so much time, over real sockets with time standing still.
import { expect, test } from "bun:test";
import { proxyFixture } from "../../../../test/support/proxy-fixture.ts";
import { ok, rawClient } from "../../../../test/support/raw-tcp.ts";
import { manualClock } from "../../../base/clock.manual.ts";
import { trafficPage, trafficPageSize } from "../../../model/page/page.ts";
import type { RateLimit } from "../../../model/traffic-policy.ts";

const { serve, mesh } = proxyFixture();
const limit = (change: Partial<RateLimit>): RateLimit => ({
  name: "api",
  by: { type: "all" },
  requests: 10,
  perMs: 1_000,
  burst: 0,
  onTrouble: "pass",
  ...change,
});
const get = (fields = "") => `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;

async function statuses(
  made: Awaited<ReturnType<typeof mesh>>,
  requests: string[],
  port = made.port,
): Promise<number[]> {
  const client = await rawClient(port);
  await client.send(requests.join(""));
  const spans = await made.spans(requests.length);
  client.close();
  return spans.map(({ status }) => status);
}

test("beyond the burst a request is refused, told when to come again, and let in then", async () => {
  const clock = manualClock();
  const { port } = serve(() => ok("x"));
  const made = await mesh({
    instances: [port],
    protocol: "http",
    policy: { rateLimits: [limit({ burst: 3 })] },
    deps: { clock },
  });

  expect(await statuses(made, Array(5).fill(get()))).toEqual([200, 200, 200, 200, 429]);
  const client = await rawClient(made.port);
  await client.send(get());
  const text = await client.until("rate_limited");
  expect(text).toStartWith("HTTP/1.1 429 Too Many Requests\r\n");
  expect(text).toContain("Retry-After: 1\r\n");
  expect(text).toContain('RateLimit-Policy: "api";q=10;w=1\r\n');
  expect(text).toContain('RateLimit: "api";r=0;t=1\r\n');
  expect(text).toContain("Proxy-Status: meshwise; error=http_request_denied");
  expect((await made.spans(1))[0]?.flags).toBe(512);
  clock.advance(101);
  expect(await statuses(made, [get(), get()])).toEqual([200, 429]);
});

test("by header, each value counts by itself; without the header all count together", async () => {
  const { port } = serve(() => ok("x"));
  const policy = { rateLimits: [limit({ by: { type: "header", name: "x-user" }, burst: 1, perMs: 60_000 })] };
  const made = await mesh({ instances: [port], policy });
  const of = (user: string) => get(`X-User: ${user}\r\n`);

  expect(await statuses(made, [of("a"), of("a"), of("b"), of("a"), of("b"), get(), get(), get()])).toEqual([
    200, 200, 200, 429, 200, 200, 200, 429,
  ]);
});

test("by caller, who comes from outside is not who calls from inside", async () => {
  const { port } = serve(() => ok("x"));
  const policy = { rateLimits: [limit({ by: { type: "caller" }, burst: 1, perMs: 60_000 })] };
  const made = await mesh({ instances: [port], policy });
  // the published listener leads to the same service
  expect(await statuses(made, [get(), get(), get()])).toEqual([200, 200, 429]);
  expect(await statuses(made, [get(), get(), get()], made.published)).toEqual([200, 200, 429]);
});

test("two workers count together, and all limits of a policy hold", async () => {
  const clock = manualClock();
  const bytes = new Uint8Array(trafficPageSize(2));
  const { port } = serve(() => ok("x"));
  const policy = { rateLimits: [limit({ burst: 9 }), limit({ name: "slow", burst: 4, perMs: 60_000 })] };
  const worker = (index: number, service?: number) =>
    mesh({
      instances: [port],
      protocol: "http",
      policy,
      port: service,
      deps: { clock, page: trafficPage(bytes, 2, index) },
    });
  const a = await worker(0);
  const b = await worker(1, a.port);

  const passed = [
    ...(await statuses(a, Array(3).fill(get()), a.published)),
    ...(await statuses(b, Array(3).fill(get()), b.published)),
    ...(await statuses(a, Array(3).fill(get()), a.published)),
  ];

  expect(passed).toEqual([200, 200, 200, 200, 200, 429, 429, 429, 429]);
});

test.each([
  ["pass", 200],
  ["refuse", 429],
] as const)("when there are more keys than can be told apart: %s", async (onTrouble, status) => {
  const { port } = serve(() => ok("x"));
  const page = trafficPage(new Uint8Array(trafficPageSize(1)), 1, 0);
  const full = { ...page, rates: { ...page.rates, take: () => undefined } };
  const made = await mesh({ instances: [port], policy: { rateLimits: [limit({ onTrouble })] }, deps: { page: full } });

  expect(await statuses(made, [get()])).toEqual([status]);
});
