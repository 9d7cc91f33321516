// Endpoints that fail are taken out, by all workers at once, and come back when one request went well.
import { describe, expect, test } from "bun:test";
import { eventually } from "../../../../test/support/eventually.ts";
import { proxyFixture } from "../../../../test/support/proxy-fixture.ts";
import { ok, rawClient, rawServer } from "../../../../test/support/raw-tcp.ts";
import { manualClock } from "../../../base/clock.manual.ts";
import { trafficPage, trafficPageSize } from "../../../model/page/page.ts";
import type { EndpointStatistics } from "../../../model/page/statistics.ts";
import type { PolicyPatch } from "../../../model/traffic-policy.ts";
import { outliers } from "./compare.ts";

const { serve, mesh } = proxyFixture();
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const inTurn: PolicyPatch = { loadBalancing: { type: "round-robin" } };
const fail = (body = "no") => `HTTP/1.1 500 X\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** sends `count` requests one after the other and returns the keys of who answered */
async function ask(made: Awaited<ReturnType<typeof mesh>>, count: number): Promise<number[]> {
  const client = await rawClient(made.published);
  await client.send(GET.repeat(count));
  const spans = await made.spans(count);
  client.close();
  return spans.map(({ workload }) => workload);
}

test("after so many failures in a row an endpoint gets nothing; after its time one request decides", async () => {
  const clock = manualClock();
  let isWell = false;
  const sick = serve(() => (isWell ? ok("well") : fail()));
  const well = serve(() => ok("yes"));
  const told: string[] = [];
  const said = (how: string) => (key: number, what: string) => told.push(`${key} ${how} ${what}`);
  const made = await mesh({
    instances: [sick.port, well.port],
    protocol: "http",
    policy: { ...inTurn, outlierEjection: { consecutiveFailures: 3, ejectionMs: 1_000 } },
    deps: { clock, hostOffsetMs: 60_000, ejected: said("out"), readmitted: said("in") },
  });

  expect(await ask(made, 10)).toEqual([100, 101, 100, 101, 100, 101, 101, 101, 101, 101]);
  const port = `port ${made.port}`;
  expect(told.splice(0)).toEqual([`100 out ${port}: 3 failures in a row; out for 1 s`]);

  // still ill: the one request that decides fails, and it stays out for longer
  clock.advance(1_100);
  expect((await ask(made, 6)).filter((key) => key === 100)).toHaveLength(1);
  clock.advance(1_100);
  expect((await ask(made, 6)).filter((key) => key === 100)).toHaveLength(0);
  clock.advance(1_100);
  isWell = true;
  expect((await ask(made, 10)).filter((key) => key === 100).length).toBeGreaterThanOrEqual(4);
  expect(told).toEqual([
    `100 out ${port}: it failed when it was tried again; out for 2 s`,
    `100 in ${port}: a request that tried it went well`,
  ]);
});

test("a success in between begins the count anew; a client that goes away is no failure", async () => {
  let count = 0;
  const flaky = serve(() => (count++ % 3 === 2 ? ok("yes") : fail()));
  const other = serve(() => ok("yes"));
  const made = await mesh({
    instances: [flaky.port, other.port],
    policy: { ...inTurn, outlierEjection: { consecutiveFailures: 3 } },
  });

  expect((await ask(made, 40)).filter((key) => key === 100)).toHaveLength(20);
});

test("never more than the allowed share is out, and never the last one", async () => {
  const servers = [1, 2, 3, 4].map(() => serve(() => fail()));
  const policy: PolicyPatch = { ...inTurn, outlierEjection: { consecutiveFailures: 1, maxShare: 0.5 } };
  const made = await mesh({ instances: servers.map(({ port }) => port), policy });
  const one = await mesh({ instances: [serve(() => fail()).port], policy });

  await ask(made, 20);
  await ask(one, 10);

  expect(new Set(await ask(made, 8)).size).toBe(2);
  expect(await ask(one, 2)).toEqual([100, 100]);
});

test("when too few are left, all are used", async () => {
  const servers = [serve(() => fail()), serve(() => fail()), serve(() => fail()), serve(() => ok("yes"))];
  const made = await mesh({
    instances: servers.map(({ port }) => port),
    policy: { ...inTurn, outlierEjection: { consecutiveFailures: 1, maxShare: 0.75 }, health: { panicThreshold: 0.5 } },
  });

  await ask(made, 8);

  expect(new Set(await ask(made, 8)).size).toBe(4);
});

test("what one worker has seen holds for all, counted together", async () => {
  const bytes = new Uint8Array(trafficPageSize(2));
  const sick = serve(() => fail());
  const well = serve(() => ok("yes"));
  const policy: PolicyPatch = { ...inTurn, outlierEjection: { consecutiveFailures: 4 } };
  const worker = (index: number, port?: number) =>
    mesh({
      instances: [sick.port, well.port],
      policy,
      port,
      deps: { page: trafficPage(bytes, 2, index) },
    });
  const a = await worker(0);
  const b = await worker(1, a.port);

  const first = await ask(a, 4);
  const second = await ask(b, 8);
  const third = await ask(a, 4);

  expect(first).toEqual([100, 101, 100, 101]);
  expect(second).toEqual([100, 101, 100, 101, 101, 101, 101, 101]);
  expect(third).toEqual([101, 101, 101, 101]);
});

test("refused connections count: an endpoint that is gone costs a few tries and no request", async () => {
  const gone = rawServer();
  gone.stop();
  const well = serve(() => ok("yes"));
  const made = await mesh({ instances: [gone.port, well.port], policy: inTurn });

  const answered = await ask(made, 40);

  expect(answered.filter((key) => key === 101)).toHaveLength(40);
  expect(made.attempts.length).toBe(5);
});

describe("against its peers", () => {
  const of = (successes: number, failures: number, medianMs: number): EndpointStatistics => ({
    successes,
    failures,
    medianMs,
  });
  const policy = { successRateDeviations: 3, latencyFactor: 3 };

  test.each([
    ["all alike", [of(100, 1, 5), of(98, 2, 6), of(99, 1, 5)], []],
    ["one fails a third", [of(70, 30, 5), of(98, 2, 6), of(99, 1, 5)], [0]],
    ["one fails a third, but asked too seldom", [of(7, 3, 5), of(98, 2, 6), of(99, 1, 5)], []],
    ["all fail a third: it is not the endpoint", [of(70, 30, 5), of(68, 32, 6), of(69, 31, 5)], []],
    ["one is slow", [of(100, 0, 5), of(100, 0, 30), of(100, 0, 6)], [1]],
    ["one of two is slow", [of(100, 0, 5), of(100, 0, 30)], [1]],
    ["all are slow", [of(100, 0, 50), of(100, 0, 60), of(100, 0, 55)], []],
    ["the worst first", [of(80, 20, 5), of(100, 0, 6), of(20, 80, 5), of(100, 0, 5)], [2, 0]],
    ["one alone", [of(10, 90, 500)], []],
  ])("%s", (_, figures, expected) => {
    expect(outliers(figures, policy).map(({ at }) => at)).toEqual(expected);
  });

  test("a slow endpoint is taken out once its median is known", async () => {
    const clock = manualClock();
    const slow: (() => void)[] = [];
    const servers = [
      serve((_, connection) => {
        slow.push(() => void connection.send(ok("slow")));
        return undefined;
      }),
      serve(() => ok("yes")),
      serve(() => ok("yes")),
    ];
    const told: string[] = [];
    const made = await mesh({
      instances: servers.map(({ port }) => port),
      protocol: "http",
      policy: { ...inTurn, outlierEjection: { latencyFactor: 4, intervalMs: 10_000 } },
      deps: { clock, ejected: (_, what) => told.push(what) },
    });
    clock.advance(500);

    const client = await rawClient(made.port);
    for (let i = 0; i < 90; i++) {
      await client.send(GET);
      if (i % 3 === 0) {
        await eventually(() => slow.length === 1, { everyMs: 1 });
        clock.advance(40);
        slow.pop()?.();
      } else {
        clock.advance(1);
      }
      await made.spans(1);
    }
    clock.advance(12_000);

    expect(told).toHaveLength(1);
    expect(told[0]).toContain("its median is");
    expect(new Set(await ask(made, 6))).toEqual(new Set([101, 102]));
  });
});
