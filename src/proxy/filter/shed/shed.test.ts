// The limiter against a simulated service that queues, and the layer over real sockets.
import { describe, expect, test } from "bun:test";
import { eventually } from "../../../../test/support/eventually.ts";
import { proxyFixture } from "../../../../test/support/proxy-fixture.ts";
import { ok, type RawConnection, rawClient } from "../../../../test/support/raw-tcp.ts";
import { seededRandom } from "../../../base/random.ts";
import { FLAG } from "../../../model/span.ts";
import { allowed, began, ended, type Limiter, limiter, relieve } from "./limiter.ts";

const { serve, mesh } = proxyFixture();

type Run = { readonly answered: number; readonly refused: number; readonly meanMs: number; readonly limit: number };

/**
 * A service that works on `parallel` requests at once, each for `serviceMs` on average, and lets the rest queue.
 * @param perMs requests that arrive in a ms, at random
 */
function simulate(
  self: Limiter,
  {
    parallel,
    serviceMs,
    perMs,
    forMs,
    fromMs,
  }: { parallel: number; serviceMs: number; perMs: number; forMs: number; fromMs: number },
): Run {
  const random = seededRandom(fromMs + 1);
  const exponential = (mean: number) => -mean * Math.log(1 - random.unit());
  const free = new Array<number>(parallel).fill(fromMs);
  const ends: { at: number; took: number }[] = [];
  let [answered, refused, sum] = [0, 0, 0];
  const finish = (until: number) => {
    for (;;) {
      const next = ends.reduce((first, one, i) => (one.at < (ends[first] as { at: number }).at ? i : first), 0);
      const one = ends[next];
      if (!one || one.at > until) return;
      ends.splice(next, 1);
      const { at, took } = one;
      ended(self, took, at, 4, 1_000);
      answered++;
      sum += took;
    }
  };
  for (let now = fromMs; now < fromMs + forMs; now += exponential(1 / perMs)) {
    finish(now);
    if (self.inFlight >= allowed(self, 4)) {
      refused++;
      continue;
    }
    began(self);
    const first = free.indexOf(Math.min(...free));
    const start = Math.max(now, free[first] as number);
    const end = start + exponential(serviceMs);
    free[first] = end;
    ends.push({ at: end, took: end - now });
  }
  finish(Number.POSITIVE_INFINITY);
  return { answered, refused, meanMs: sum / answered, limit: self.limit };
}

describe("the limit learned", () => {
  test("a service with room refuses nobody", () => {
    const run = simulate(limiter(20, 0), { parallel: 20, serviceMs: 10, perMs: 1, forMs: 60_000, fromMs: 0 });
    expect(run.refused / run.answered).toBeLessThan(0.01);
  });

  test("under three times what it can take it works at full capacity, and its answers stay quick", () => {
    const self = limiter(20, 0);
    simulate(self, { parallel: 10, serviceMs: 10, perMs: 0.7, forMs: 30_000, fromMs: 0 });
    const run = simulate(self, { parallel: 10, serviceMs: 10, perMs: 3, forMs: 60_000, fromMs: 30_000 });

    // it can answer one a ms
    expect(run.answered / 60_000).toBeGreaterThan(0.85);
    expect(run.meanMs).toBeLessThan(40);
    expect(run.limit).toBeLessThan(40);
  });

  test("overload that was there from the beginning is not taken for normal for ever", () => {
    const self = limiter(500, 0);
    simulate(self, { parallel: 10, serviceMs: 10, perMs: 2, forMs: 60_000, fromMs: 0 });
    const later = simulate(self, { parallel: 10, serviceMs: 10, perMs: 2, forMs: 30_000, fromMs: 60_000 });

    expect(later.meanMs).toBeLessThan(40);
    expect(later.answered / 30_000).toBeGreaterThan(0.85);
  });

  test("when the service becomes ten times as fast, the limit does not hold it back", () => {
    const self = limiter(20, 0);
    simulate(self, { parallel: 10, serviceMs: 100, perMs: 0.3, forMs: 60_000, fromMs: 0 });
    const run = simulate(self, { parallel: 10, serviceMs: 10, perMs: 0.8, forMs: 120_000, fromMs: 60_000 });
    expect(run.answered / 120_000).toBeGreaterThan(0.7);
  });

  test("a worker that is late itself carries less", () => {
    const self = limiter(100, 0);
    for (let i = 0; i < 50; i++) began(self);
    relieve(self, 20, 4);
    expect(self.limit).toBe(100);
    relieve(self, 300, 4);
    expect(self.limit).toBe(45);
    for (let i = 0; i < 100; i++) relieve(self, 300, 4);
    expect(self.limit).toBe(4);
  });
});

describe("over sockets", () => {
  const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const send = async (ports: readonly number[]) => {
    const all: RawConnection[] = [];
    for (const port of ports) {
      const client = await rawClient(port);
      await client.send(GET);
      all.push(client);
    }
    return all;
  };

  test("what is too much is refused at once; who holds less than his share is let in all the same", async () => {
    const server = serve();
    const policy = { concurrency: { isOn: true, min: 4, max: 4 } };
    const made = await mesh({ instances: [server.port], protocol: "http", policy });

    // the caller inside takes all of it …
    const greedy = await send(Array(4).fill(made.port));
    await eventually(() => server.connections.length === 4);
    const [refused] = (await send([made.port])) as [RawConnection];
    const text = await refused.until("overloaded");
    // … and the one outside still gets his half, but not more
    const fair = await send(Array(2).fill(made.published));
    await eventually(() => server.connections.length === 6);
    const [third] = (await send([made.published])) as [RawConnection];
    await third.until("overloaded");

    expect(text).toStartWith("HTTP/1.1 503");
    expect(text).toContain("Retry-After: 1\r\n");
    const spans = await made.spans(2);
    expect(spans.map(({ flags }) => flags & FLAG.shed)).toEqual([FLAG.shed, FLAG.shed]);
    for (let n = 0; n < 6; n++) await (await server.connection(n)).send(ok("done"));
    for (const client of [...greedy, ...fair]) await client.until("done");
    const [after] = (await send([made.port])) as [RawConnection];
    await eventually(() => server.connections.some(({ text }) => text.match(/GET/g)?.length === 2));
    for (const connection of server.connections) await connection.send(ok("again"));
    await after.until("again");
  });

  test("a change of configuration forgets nothing that was learned", async () => {
    const server = serve();
    const policy = { concurrency: { isOn: true, min: 2, max: 2 } };
    const made = await mesh({ instances: [server.port], protocol: "http", policy });
    await send([made.port, made.port]);
    await eventually(() => server.connections.length === 2);

    made.swap({});
    const [refused] = (await send([made.port])) as [RawConnection];

    await refused.until("overloaded");
  });
});
