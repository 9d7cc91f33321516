// Requests and connections that are limited, over real sockets; two workers share one page.
import { expect, test } from "bun:test";
import { eventually } from "../../../../test/support/eventually.ts";
import { proxyFixture } from "../../../../test/support/proxy-fixture.ts";
import { ok, type RawConnection, rawClient } from "../../../../test/support/raw-tcp.ts";
import { HELD } from "../../../model/page/held.ts";
import { type TrafficPage, trafficPage, trafficPageSize } from "../../../model/page/page.ts";
import { mix } from "../../../model/page/slots.ts";
import type { PolicyPatch } from "../../../model/traffic-policy.ts";

const { serve, mesh } = proxyFixture();
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

function twoPages(): [TrafficPage, TrafficPage] {
  const bytes = new Uint8Array(trafficPageSize(2));
  return [trafficPage(bytes, 2, 0), trafficPage(bytes, 2, 1)];
}

/** how much of the service `app` all workers hold */
function heldOf(page: TrafficPage, what: keyof typeof HELD): number {
  return page.held.total(page.services.claim(mix(3, 0x5e41), 0), HELD[what]);
}

async function clients(ports: readonly number[]): Promise<RawConnection[]> {
  return Promise.all(ports.map((port) => rawClient(port)));
}

test("no more requests at once than the limit, over both workers; the rest is refused at once", async () => {
  const server = serve();
  const policy: PolicyPatch = { circuitBreaking: { maxRequests: 3 } };
  const [pageA, pageB] = twoPages();
  const a = await mesh({ instances: [server.port], protocol: "http", policy, deps: { page: pageA } });
  const b = await mesh({ instances: [server.port], protocol: "http", policy, port: a.port, deps: { page: pageB } });

  const all = await clients([a.published, b.published, a.published, b.published, a.published]);
  for (const client of all) {
    await client.send(GET);
    await eventually(() => server.connections.some(({ text }) => text !== "") || client.text !== "");
    await eventually(() => heldOf(pageA, "requests") === Math.min(3, all.indexOf(client) + 1));
  }
  const refused = all.slice(3);
  for (const client of refused) {
    const text = await client.until("breaker_open");
    expect(text).toStartWith("HTTP/1.1 503");
    expect(text).toContain("Proxy-Status: meshwise; error=connection_limit_reached");
  }
  for (const connection of server.connections) await connection.send(ok("done"));
  for (const client of all.slice(0, 3)) await client.until("done");

  expect(server.connections).toHaveLength(3);
  expect(heldOf(pageA, "requests")).toBe(0);
});

test("what a request held is given back however it ends", async () => {
  const server = serve((text, connection) => {
    if (text.includes("/close")) connection.close();
    if (text.includes("/half")) {
      void connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").then(() => connection.close());
    }
    return text.includes("/ok") ? ok("x") : undefined;
  });
  const [page] = twoPages();
  const made = await mesh({
    instances: [server.port],
    protocol: "http",
    policy: { circuitBreaking: { maxRequests: 50, maxConnections: 50 } },
    deps: { page },
  });
  for (const path of ["/close", "/half", "/wait", "/ok"]) {
    const client = await rawClient(made.port);
    await client.send(GET.replace("/", path));
    if (path === "/wait") {
      await eventually(() => heldOf(page, "requests") === 1);
      client.reset();
    }
    await made.spans(1);
  }
  await eventually(() => heldOf(page, "requests") === 0);
  // one rests in the pool
  expect(heldOf(page, "connections")).toBe(1);
  await made.proxy.drain(0);
  expect(heldOf(page, "connections")).toBe(0);
});

test("beyond so many connections requests wait, beyond so many waiting ones they are refused", async () => {
  const server = serve();
  const policy: PolicyPatch = { circuitBreaking: { maxConnections: 2, maxPending: 2 } };
  const [page] = twoPages();
  const made = await mesh({ instances: [server.port], protocol: "http", policy, deps: { page } });

  const all = await clients([1, 2, 3, 4, 5].map(() => made.published));
  for (const client of all) {
    await client.send(GET);
    await eventually(
      () => heldOf(page, "connections") + heldOf(page, "pending") >= Math.min(4, all.indexOf(client) + 1),
    );
  }
  await (all[4] as RawConnection).until("breaker_open");
  expect(heldOf(page, "pending")).toBe(2);
  // the first to wait is the first to go, on a connection that became free
  await (await server.connection(0)).send(ok("one"));
  await eventually(() => heldOf(page, "pending") === 1);
  await (await server.connection(1)).send(ok("two"));
  await eventually(() => heldOf(page, "pending") === 0);
  for (const n of [0, 1]) await (await server.connection(n)).send(ok("three"));
  for (const client of all.slice(0, 4)) await client.until(/one|two|three/);

  expect(server.connections).toHaveLength(2);
});

test("a connection that becomes free makes room for one to where the waiting request must go", async () => {
  const servers = [serve(), serve()];
  const policy: PolicyPatch = {
    loadBalancing: { type: "ring-hash", hashOn: { type: "query", name: "q" } },
    circuitBreaking: { maxConnections: 1, maxPending: 1 },
  };
  const [page] = twoPages();
  const made = await mesh({ instances: servers.map(({ port }) => port), protocol: "http", policy, deps: { page } });
  const get = (q: number) => `GET /?q=${q} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const [first, second] = (await clients([made.published, made.published])) as [RawConnection, RawConnection];

  /** the one at which a request with this value arrives, with the connection on which it waits for its answer */
  const arrival = (q: number) =>
    eventually(() =>
      servers
        .flatMap(({ connections }, n) => connections.map((one) => ({ n, one })))
        .find(({ one }) => one.text.includes(`?q=${q} `)),
    );
  await first.send(get(0));
  const home = await arrival(0);
  let other = 1;
  await home.one.send(ok("0"));
  for (; ; other++) {
    await first.send(get(other));
    const { n, one } = await arrival(other);
    await one.send(ok(String(other)));
    await first.until(new RegExp(`${other}$`));
    if (n !== home.n) break;
  }

  await first.send(get(0));
  const busy = await eventually(() =>
    servers[home.n]?.connections.find(({ text }, i) => i > 0 && text.includes("?q=0 ")),
  );
  await second.send(get(other));
  await eventually(() => heldOf(page, "pending") === 1);
  await busy.send(ok("again"));
  await first.until("again");
  const { n, one } = await eventually(() =>
    servers
      .flatMap(({ connections }, n) => connections.map((one) => ({ n, one })))
      .findLast(({ one }) => one.ending === "open" && one.text.includes(`?q=${other} `)),
  );
  await one.send(ok("there"));

  await second.until("there");
  expect(n).not.toBe(home.n);
  expect(heldOf(page, "connections")).toBe(1);
});

test("one that waits and goes away gives its place up", async () => {
  const server = serve();
  const policy: PolicyPatch = { circuitBreaking: { maxConnections: 1, maxPending: 1 } };
  const [page] = twoPages();
  const made = await mesh({ instances: [server.port], protocol: "http", policy, deps: { page } });

  const [first, second] = (await clients([made.published, made.published])) as [RawConnection, RawConnection];
  await first.send(GET);
  await server.connection(0);
  await second.send(GET);
  await eventually(() => heldOf(page, "pending") === 1);
  second.reset();
  await eventually(() => heldOf(page, "pending") === 0);
  await (await server.connection(0)).send(ok("one"));

  await first.until("one");
  expect(server.connections).toHaveLength(1);
});

test("a connection that rests for another endpoint, or in another worker, gives way", async () => {
  const servers = [serve(() => ok("a")), serve(() => ok("b"))];
  const policy: PolicyPatch = {
    loadBalancing: { type: "round-robin" },
    circuitBreaking: { maxConnections: 1, maxPending: 9 },
  };
  const [pageA, pageB] = twoPages();
  const instances = servers.map(({ port }) => port);
  const a = await mesh({ instances, protocol: "http", policy, deps: { page: pageA } });
  const b = await mesh({ instances, protocol: "http", policy, port: a.port, deps: { page: pageB } });

  const client = await rawClient(a.published);
  await client.send(GET.repeat(3));
  await client.until(/a[\s\S]*b[\s\S]*a$/);
  const other = await rawClient(b.published);
  await other.send(GET);
  await other.until(/[ab]$/);

  expect(heldOf(pageA, "connections")).toBe(1);
});
