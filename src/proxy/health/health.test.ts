// Active checks over real sockets, time standing still.
import { expect, test } from "bun:test";
import { eventually } from "../../../test/support/eventually.ts";
import { proxyFixture } from "../../../test/support/proxy-fixture.ts";
import { ok, rawClient } from "../../../test/support/raw-tcp.ts";
import { type ManualClock, manualClock } from "../../base/clock.manual.ts";
import { trafficPage, trafficPageSize } from "../../model/page/page.ts";
import type { PolicyPatch } from "../../model/traffic-policy.ts";

const { serve, mesh } = proxyFixture();
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const policy: PolicyPatch = {
  loadBalancing: { type: "round-robin" },
  health: {
    active: {
      path: "/healthz",
      intervalMs: 1_000,
      timeoutMs: 500,
      healthyAfter: 2,
      unhealthyAfter: 2,
      statuses: [200, 299],
    },
  },
};
type Made = Awaited<ReturnType<typeof mesh>>;

/** a service whose check can be made to fail, or to say nothing */
function service(name: string) {
  const state = { health: "200" as "200" | "503" | "silent", checks: 0 };
  const server = serve((text) => {
    if (!text.includes("/healthz")) return ok(name);
    state.checks++;
    if (state.health === "silent") return undefined;
    return `HTTP/1.1 ${state.health} X\r\nContent-Length: 0\r\n\r\n`;
  });
  return { server, state };
}

async function ask(made: Made, count: number): Promise<number[]> {
  const client = await rawClient(made.published);
  await client.send(GET.repeat(count));
  const spans = await made.spans(count);
  client.close();
  return spans.map(({ workload }) => workload);
}

/** lets the clock run until it is so */
function until(clock: ManualClock, isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  return eventually(async () => {
    clock.advance(50);
    return isSo();
  });
}

test("an endpoint whose check fails gets nothing, and comes back when it passes", async () => {
  const clock = manualClock();
  const [a, b] = [service("a"), service("b")];
  const told: string[] = [];
  const made = await mesh({
    instances: [a.server.port, b.server.port],
    protocol: "http",
    policy,
    deps: {
      ...{ clock, hostOffsetMs: 60_000 },
      ejected: (key, what) => told.push(`${key} ${what}`),
      readmitted: (key, what) => told.push(`${key} ${what}`),
    },
  });
  await ask(made, 2);
  await until(clock, () => a.state.checks > 0 && b.state.checks > 0);
  expect(new Set(await ask(made, 4)).size).toBe(2);

  a.state.health = "503";
  await until(clock, () => told.length === 1);
  expect(told[0]).toStartWith("100 port ");
  expect(new Set(await ask(made, 4))).toEqual(new Set([101]));

  a.state.health = "200";
  await until(clock, async () => (await ask(made, 4)).includes(100));
  expect(told[1]).toBe(`100 port ${made.port}: its check at /healthz succeeds`);

  b.state.health = "silent";
  await until(clock, () => told.length === 3);
  expect(new Set(await ask(made, 4))).toEqual(new Set([100]));
  expect(a.server.connections.some(({ text }) => text.includes("User-Agent: meshwise-health"))).toBe(true);
});

test("one worker checks for all; when it is gone the other one does", async () => {
  const clock = manualClock();
  const a = service("a");
  const bytes = new Uint8Array(trafficPageSize(2));
  const worker = (index: number, port?: number) =>
    mesh({
      instances: [a.server.port],
      protocol: "http",
      policy,
      port,
      deps: { clock, hostOffsetMs: 60_000, page: trafficPage(bytes, 2, index) },
    });
  const first = await worker(0);
  const second = await worker(1, first.port);
  // only who is called is checked, whichever worker carried it
  await ask(second, 1);
  const dialledBefore = [first, second].map((made) => made.dialled.length);
  const dialled = () => [first, second].map((made, i) => made.dialled.length - (dialledBefore[i] ?? 0));
  await until(clock, () => a.state.checks >= 4);
  expect(dialled().filter((count) => count === 0)).toHaveLength(1);

  const owner = dialled()[0] === 0 ? second : first;
  const other = owner === first ? second : first;
  await owner.proxy.drain(0);
  const before = other.dialled.length;
  await until(clock, () => other.dialled.length > before + 2);
});

test("when the check is taken out of the policy its verdict goes with it", async () => {
  const clock = manualClock();
  const [a, b] = [service("a"), service("b")];
  a.state.health = "503";
  const told: string[] = [];
  const made = await mesh({
    instances: [a.server.port, b.server.port],
    protocol: "http",
    policy,
    deps: { clock, hostOffsetMs: 60_000, ejected: (_, what) => told.push(what) },
  });
  await ask(made, 2);
  await until(clock, () => told.length === 1);
  expect(new Set(await ask(made, 4))).toEqual(new Set([101]));

  made.setPolicy({ loadBalancing: { type: "round-robin" } });

  expect(new Set(await ask(made, 4)).size).toBe(2);
});
