// A POST on a kept connection, against servers that close theirs: after a fixed rest, at random, in the very moment of the
// request. What was executed is counted by the servers.
import { expect, test } from "bun:test";
import { eventually } from "../../test/support/eventually.ts";
import { proxyFixture } from "../../test/support/proxy-fixture.ts";
import { ok, type RawConnection, rawClient } from "../../test/support/raw-tcp.ts";
import { manualClock } from "../base/clock.manual.ts";
import { seededRandom } from "../base/random.ts";
import { LIMITS } from "./limits.ts";

const { serve, mesh } = proxyFixture();
const post = (id: number) => `POST /${id} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi`;

test("against a server that closes resting connections at random no POST runs twice, and none fails", async () => {
  const random = seededRandom(11);
  const executed = new Map<string, number>();
  const closed = new Set<RawConnection>();
  const close = (connection: RawConnection) => {
    closed.add(connection);
    connection.finish();
  };
  const server = serve((text, connection) => {
    // as a server that has closed its side: what comes now finds nobody
    if (closed.has(connection)) {
      connection.reset();
      return undefined;
    }
    const id = /^POST \/(\d+)/.exec(text)?.[1];
    if (!id) return undefined;
    executed.set(id, (executed.get(id) ?? 0) + 1);
    // FIN right behind the answer, a moment later, or never
    const draw = random.unit();
    if (draw < 0.3) void connection.send(ok("done")).then(() => close(connection));
    else if (draw < 0.6) {
      const ticks = Math.floor(random.unit() * 4);
      void connection.send(ok("done")).then(async () => {
        for (let i = 0; i < ticks; i++) await new Promise((resolve) => setImmediate(resolve));
        close(connection);
      });
    } else return ok("done");
    return undefined;
  });
  const { port, spans, attempts } = await mesh({ instances: [server.port], protocol: "http" });

  const COUNT = 400;
  const clients: RawConnection[] = [];
  for (let i = 0; i < 4; i++) clients.push(await rawClient(port));
  let id = 0;
  await Promise.all(
    clients.map(async (client) => {
      for (let i = 0; i < COUNT / 4; i++) {
        await client.send(post(id++));
        await eventually(() => client.text.split("HTTP/1.1 ").length === i + 2, { everyMs: 0 });
      }
    }),
  );

  const found = await spans(COUNT);
  expect([...executed.values()].filter((times) => times !== 1)).toEqual([]);
  const answered = found.filter(({ status }) => status === 200).length;
  // a FIN that is on its way when the POST leaves cannot be seen by anybody: then the answer is a 502, never a second POST
  expect(found.filter(({ status }) => status !== 200 && status !== 502)).toEqual([]);
  expect(executed.size).toBe(answered);
  // once it was seen to close like that, POSTs got fresh connections
  expect(answered).toBeGreaterThanOrEqual(COUNT - 2);
  expect(attempts).toEqual([]);
});

test("until a server's limit is known a POST goes on a connection that rested less than any common limit", async () => {
  const clock = manualClock();
  const server = serve(() => ok("done"));
  const { port, spans } = await mesh({ instances: [server.port], protocol: "http", deps: { clock } });
  const client = await rawClient(port);
  const send = async (restMs: number) => {
    clock.advance(restMs);
    await client.send(post(1));
    await spans(1);
  };

  await send(0);
  await send(LIMITS.poolTrustMs - 1);
  expect(server.connections).toHaveLength(1);
  await send(LIMITS.poolTrustMs + 1);
  expect(server.connections).toHaveLength(2);
});

test("a limit that was seen is kept at a distance; requests that may be repeated use the rest of it", async () => {
  const clock = manualClock();
  const server = serve(() => ok("done"));
  const { port, proxy, spans } = await mesh({ instances: [server.port], protocol: "http", deps: { clock } });
  const client = await rawClient(port);
  const send = async (request: string) => {
    await client.send(request);
    await spans(1);
  };

  await send(post(1));
  // it closes after a rest of 2 s: that is its limit
  clock.advance(2_000);
  (await server.connection(0)).close();
  await eventually(() => proxy.connections().every(({ side }) => side === "downstream"));
  await send(post(2));
  expect(server.connections).toHaveLength(2);
  clock.advance(1_500);
  await send(post(3));
  expect(server.connections).toHaveLength(2);
  clock.advance(1_700);
  await send(post(4));
  expect(server.connections).toHaveLength(3);
});
