import { expect, test } from "bun:test";
import { batchOf, sample, span } from "../../../test/support/telemetry.ts";
import { manualClock } from "../../base/clock.manual.ts";
import { seededRandom } from "../../base/random.ts";
import { FLAG, type Span } from "../../model/span.ts";
import { type Batch, decodeBatch } from "../../model/span-batch.ts";
import { type Arrival, CLIENT_GONE } from "../ingest/arrival.ts";
import { losses } from "../live/losses.ts";
import { type Names, peerNames } from "../names.ts";
import { arrivedExchange, type Exchange } from "../query/exchange.ts";
import { traces } from "./traces.ts";

type Mesh = {
  /** what ended by now, as an agent sends it each second */
  send(spans: readonly Partial<Span>[]): void;
  advance(ms: number): void;
  nowUs(): number;
  held(): Exchange[];
  readonly stored: Exchange[];
  finish(): void;
  readonly lost: ReturnType<typeof losses>;
};

function mesh(keptPerSecond = 1_000_000): Mesh {
  const clock = manualClock();
  const names = peerNames();
  names.learn(sample());
  const lost = losses();
  const stored: Exchange[] = [];
  const shown = (arrival: Arrival) =>
    Array.from({ length: arrival.rows }, (_, row) => arrivedExchange(arrival, row, names));
  const random = seededRandom(9);
  const all = traces({
    clock,
    random,
    names,
    losses: lost,
    keptPerSecond,
    settled: (arrival) => stored.push(...shown(arrival)),
  });
  return {
    send(spans) {
      if (spans.length > 0) all.add(arrivalOf(spans.map(withIds), names, clock.nowUs()));
    },
    advance: clock.advance,
    nowUs: clock.nowUs,
    held: () => all.held().flatMap(shown),
    stored,
    finish: all.finish,
    lost,
  };
}

const ids = seededRandom(5);

function withIds(of: Partial<Span>): Span {
  const [trace2, trace3, server1] = [ids.u32(), ids.u32(), ids.u32()];
  return span({ trace2, trace3, server0: 1, server1, client0: trace2, client1: trace3, ...of });
}

function arrivalOf(spans: readonly Span[], names: Names, receivedUs: number): Arrival {
  const batch = decodeBatch(batchOf(spans)) as Batch;
  const { source, workload } = batch.columns;
  return {
    ...{ batch, rows: spans.length, id: { agent: "agent-1", sequence: 0, hash: "" }, receivedUs, ordinal: receivedUs },
    sources: Uint32Array.from(source, (key) => names.workload(key).id),
    destinations: Uint32Array.from(workload, (key) => names.workload(key).id),
    confidences: new Float32Array(spans.length),
    weights: new Float32Array(spans.length).fill(1),
    routes: new Uint32Array(spans.length),
  };
}

/** web is asked from outside, asks cart, which asks stock; `page` names who belongs together */
function visits(count: number, startUs: number, everyUs: number, random = seededRandom(1)): Partial<Span>[] {
  const spans: Partial<Span>[] = [];
  for (let page = 1; page <= count; page++) {
    const at = startUs + page * everyUs * (0.5 + random.unit());
    const gap = () => 200 + 100 * random.unit();
    const [web, cart] = [gap(), gap()];
    const stockUs = 1_000 + 3_000 * random.unit();
    const cartUs = cart + stockUs + gap();
    const webUs = web + cartUs + gap();
    const path = "/page";
    spans.push({ source: 0, flags: FLAG.published, service: 1, workload: 11, startUs: at, end: webUs, path });
    spans.push({ source: 11, service: 2, workload: 12, startUs: at + web, end: cartUs, path });
    spans.push({ source: 12, service: 4, workload: 14, startUs: at + web + cart, end: stockUs, path });
  }
  return spans.map((one, index) => ({ ...one, requestBytes: 1 + Math.floor(index / 3) }));
}

function longer(one: Partial<Span>, us: number): Partial<Span> {
  const end = (one.end as number) + us;
  return { ...one, end, lastIn: end };
}

const perSecond = (spans: readonly Partial<Span>[], nowUs: number) =>
  spans.filter((one) => {
    const endUs = (one.startUs as number) + (one.end as number);
    return endUs <= nowUs && endUs > nowUs - 1e6;
  });

/** share of those that are in the trace of the visit they were made for, under the right parent */
function shareRight(rows: readonly Exchange[]): number {
  const of = (visit: number, destination: string) =>
    rows.find((row) => row.requestBytes === visit && row.destination === destination);
  const isRight = (row: Exchange) => {
    const root = of(row.requestBytes, "web");
    const parent = { web: undefined, cart: root, stock: of(row.requestBytes, "cart") }[row.destination];
    return row.traceId === root?.traceId && row.parentSpanId === parent?.serverSpanId;
  };
  return rows.filter(isRight).length / rows.length;
}

test("services that propagate nothing make one trace, under the root's id", () => {
  const { send, advance, nowUs, stored } = mesh();
  const spans = visits(600, nowUs(), 20_000);

  for (let second = 0; second < 30; second++) {
    advance(1_000);
    send(perSecond(spans, nowUs()));
  }

  expect(stored).toHaveLength(1_800);
  expect(shareRight(stored)).toBeGreaterThan(0.99);
  expect(stored.filter((row) => row.destination === "web").every((row) => row.confidence === 1)).toBe(true);
});

test("what was seen last says whose it is before it is stored", () => {
  const { send, advance, nowUs, stored, held } = mesh();
  const spans = visits(40, nowUs(), 20_000);
  for (let second = 0; second < 6; second++) {
    advance(1_000);
    send(perSecond(spans, nowUs()));
  }

  expect(stored).toHaveLength(0);
  expect(shareRight(held())).toBe(1);
});

test("what a request called at first belongs to its trace, however many seconds it goes on after that", () => {
  const { send, advance, nowUs, stored } = mesh();
  const spans = visits(1_200, nowUs(), 20_000).map((one) => {
    const isSlow = (one.requestBytes as number) % 200 === 0 && (one.requestBytes as number) >= 500;
    return isSlow && one.source === 0 ? longer(one, 12e6) : one;
  });
  for (let second = 0; second < 70; second++) {
    advance(1_000);
    send(perSecond(spans, nowUs()));
  }

  expect(stored).toHaveLength(3_600);
  expect(shareRight(stored)).toBeGreaterThan(0.99);
  const slow = stored.filter(({ requestBytes }) => requestBytes % 200 === 0 && requestBytes >= 500);
  expect(shareRight(slow)).toBeGreaterThan(0.9);
});

test("nobody waits longer than eight seconds, and the end of all ends every wait", () => {
  const { send, advance, nowUs, stored, finish } = mesh();
  send(visits(3, nowUs() - 1e6, 20_000));
  advance(8_000);
  expect(stored).toHaveLength(9);

  send(visits(3, nowUs() - 1e6, 20_000));
  finish();
  expect(stored).toHaveLength(18);
  expect(shareRight(stored.slice(9))).toBe(1);
});

test("a trace id that the application passed on is kept", () => {
  const { send, advance, nowUs, stored } = mesh();
  const startUs = nowUs() - 1e6;
  const sent = { trace0: 7, trace1: 8, trace2: 9, trace3: 10 };
  send([
    { ...sent, source: 0, flags: FLAG.published, service: 1, workload: 11, startUs, end: 9_000, server1: 77 },
    { ...sent, source: 11, flags: FLAG.continued, parent0: 1, parent1: 77, startUs: startUs + 500, end: 8_000 },
  ]);
  advance(8_000);

  expect(stored[1]).toMatchObject({ traceId: "0000000700000008000000090000000a" });
  expect(stored[1]?.parentSpanId).toBe(stored[0]?.serverSpanId as string);
});

test("tries of one call belong to the same request", () => {
  const { send, advance, nowUs, stored } = mesh();
  const startUs = nowUs() - 1e6;
  const call = { source: 11, trace2: 5, trace3: 6 };
  send([
    { source: 0, flags: FLAG.published, service: 1, workload: 11, startUs, end: 9_000 },
    { ...call, startUs: startUs + 500, end: 1_000, flags: FLAG.attempt, attempts: 1, status: 503 },
    { ...call, startUs: startUs + 500, end: 8_000, attempts: 2 },
  ]);
  advance(8_000);

  const [root, first, last] = stored as [Exchange, Exchange, Exchange];
  expect([first.traceId, last.traceId]).toEqual([root.traceId, root.traceId]);
  expect([first.parentSpanId, last.parentSpanId]).toEqual([root.serverSpanId, root.serverSpanId]);
});

test("where more is in flight than can be told apart it is stored unstitched, and that is said", () => {
  const { send, advance, nowUs, stored, lost } = mesh();
  const asked = visits(1_000, nowUs() - 1e6, 100);
  send(asked.map((one) => ({ ...one, end: 300_000 })));
  advance(8_000);

  expect(stored).toHaveLength(3_000);
  expect(lost.total("stitch")).toBe(2_000); // the calls of web and of cart
});

test("what was begun for a client who went away is still done for it", () => {
  const { send, advance, nowUs, stored } = mesh();
  const gone = (page: number) => page >= 400 && page % 25 === 0;
  const spans = visits(800, nowUs(), 20_000).map((one) => {
    if (!gone(one.requestBytes as number)) return one;
    const isLeft = one.source === 0;
    return { ...longer(one, isLeft ? 3e6 : 7.5e6), ...(isLeft ? { status: 0, error: CLIENT_GONE } : {}) };
  });
  for (let second = 0; second < 60; second++) {
    advance(1_000);
    send(perSecond(spans, nowUs()));
  }

  const left = stored.filter(({ requestBytes }) => gone(requestBytes));
  expect(left).toHaveLength(51);
  expect(shareRight(left)).toBeGreaterThan(0.9);
});

test("a few that take many seconds and end together are no crowd", () => {
  const { send, advance, nowUs, stored } = mesh();
  const ordinary = visits(1_000, nowUs(), 20_000);
  const startUs = nowUs();
  const isTogether = ({ source, startUs: at }: Partial<Span>) =>
    source === 0 && ((at as number) - startUs) % 5e6 < 60_000;
  const slow = new Set(ordinary.filter(isTogether).map(({ requestBytes }) => requestBytes as number));
  const spans = ordinary.map((one) => (slow.has(one.requestBytes as number) ? longer(one, 9e6) : one));
  for (let second = 0; second < 60; second++) {
    advance(1_000);
    send(perSecond(spans, nowUs()));
  }

  expect(slow.size).toBeGreaterThan(8);
  expect(shareRight(stored.filter(({ requestBytes }) => slow.has(requestBytes)))).toBeGreaterThan(0.9);
});

test("beyond the budget whole traces are kept, and counts of them are right on average", () => {
  const { send, advance, nowUs, stored, lost } = mesh(150);
  const spans = visits(1_000, nowUs(), 10_000);
  for (let second = 0; second < 30; second++) {
    advance(1_000);
    send(perSecond(spans, nowUs()));
  }

  const traces = [...Map.groupBy(stored, ({ traceId }) => traceId).values()];
  expect(traces.filter((rows) => rows.length === 3).length).toBeGreaterThan(0.95 * traces.length);
  expect(traces.every((rows) => new Set(rows.map(({ weight }) => weight)).size === 1)).toBe(true);
  expect(stored.length).toBeGreaterThan(1_200);
  expect(stored.length).toBeLessThan(2_200);
  expect(lost.total("sampled")).toBe(3_000 - stored.length);
  const counted = stored.reduce((sum, { weight = 1 }) => sum + weight, 0);
  expect(Math.abs(counted - 3_000)).toBeLessThan(300);
});
