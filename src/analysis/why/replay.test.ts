import { expect, test } from "bun:test";
import type { SeenExchange } from "../../model/figures.ts";
import { requests } from "./contrast/requests.fixture.ts";
import { mesh } from "./facts.fixture.ts";
import { replayOf, withReplay } from "./replay.ts";
import { why } from "./why.ts";

const [plain] = requests(1) as [SeenExchange];

type Call = { readonly to: string; readonly fromMs: number; readonly toMs: number; readonly calls?: readonly Call[] };

/** each request to web takes 100 ms, and makes these calls */
function traces(count: number, calls: readonly Call[]) {
  const spans: SeenExchange[] = [];
  const add = (id: string, { to, fromMs, toMs, calls: next = [] }: Call, parent?: string): SeenExchange => {
    const startUs = 1000 * fromMs;
    const { parentSpanId: _, ...rest } = plain;
    const route = `GET /${to}`;
    const one = { ...rest, destination: to, route, startUs, durationUs: 1000 * toMs - startUs, serverSpanId: id };
    spans.push(parent === undefined ? one : { ...one, parentSpanId: parent });
    for (const [at, call] of next.entries()) add(`${id}.${at}`, call, id);
    return one;
  };
  const web = { to: "web", fromMs: 0, toMs: 100, calls };
  const sampled = Array.from({ length: count }, (_, at) => ({ of: add(`${at}`, web), weight: 1 }));
  return { sampled, spans };
}

/** pay usually takes 10 ms of its own, web usually 50 in all */
const usual = Array.from({ length: 40 }, () => ({
  ...plain,
  destination: "web",
  route: "GET /web",
  durationUs: 50_000,
}));
const paid = Array.from({ length: 40 }, () => ({
  ...plain,
  destination: "pay",
  route: "GET /pay",
  durationUs: 10_000,
}));
const before = { requests: paid, calls: [] };

function replayedMs(calls: readonly Call[], suspect = "pay"): number | undefined {
  const replay = replayOf({
    ...traces(10, calls),
    usual,
    suspect,
    before: suspect === "web" ? { requests: usual, calls: [] } : before,
  });
  expect(replay?.now ?? 0.1).toBeCloseTo(0.1);
  return replay && Math.round(1000 * replay.replayed);
}

test("what comes after the suspect comes so much earlier", () => {
  expect(
    replayedMs([
      { to: "cart", fromMs: 10, toMs: 30 },
      { to: "pay", fromMs: 30, toMs: 90 },
    ]),
  ).toBe(50);
  expect(
    replayedMs([
      { to: "pay", fromMs: 10, toMs: 70 },
      { to: "cart", fromMs: 75, toMs: 95 },
    ]),
  ).toBe(50);
  expect(
    replayedMs([
      { to: "pay", fromMs: 0, toMs: 50 },
      { to: "pay", fromMs: 50, toMs: 90 },
    ]),
  ).toBe(30);
});

test("of calls at the same time another one may be the last now", () => {
  expect(
    replayedMs([
      { to: "cart", fromMs: 10, toMs: 60 },
      { to: "pay", fromMs: 10, toMs: 90 },
    ]),
  ).toBe(70);
  expect(
    replayedMs([
      { to: "cart", fromMs: 10, toMs: 89 },
      { to: "pay", fromMs: 10, toMs: 80 },
    ]),
  ).toBe(100);
});

test("only its own time is replaced, also beneath others, and that of the target itself", () => {
  const stock: Call = { to: "stock", fromMs: 40, toMs: 60 };
  expect(
    replayedMs([{ to: "cart", fromMs: 10, toMs: 90, calls: [{ to: "pay", fromMs: 20, toMs: 80, calls: [stock] }] }]),
  ).toBe(70);
  expect(replayedMs([{ to: "cart", fromMs: 40, toMs: 60 }], "web")).toBe(70);
});

test("nobody waits for what goes on after the answer, and who is not among the calls changes nothing", () => {
  expect(
    replayedMs([
      { to: "cart", fromMs: 5, toMs: 10 },
      { to: "pay", fromMs: 10, toMs: 300 },
    ]),
  ).toBe(100);
  expect(replayedMs([{ to: "cart", fromMs: 10, toMs: 90 }])).toBe(100);
});

test("one that stands for many counts as much, and what is no slower than usual is not replayed", () => {
  const [fast, slow] = [
    traces(10, [{ to: "cart", fromMs: 10, toMs: 90 }]),
    traces(10, [{ to: "pay", fromMs: 10, toMs: 90 }]),
  ];
  const spans = [
    ...fast.spans,
    ...slow.spans.map((one) => ({
      ...one,
      serverSpanId: `s${one.serverSpanId}`,
      ...(one.parentSpanId !== undefined && { parentSpanId: `s${one.parentSpanId}` }),
    })),
  ];
  const sampled = [
    ...fast.sampled.map(({ of }) => ({ of, weight: 3 })),
    ...slow.sampled.map(({ of }) => ({ of: { ...of, serverSpanId: `s${of.serverSpanId}` }, weight: 1 })),
  ];
  expect(replayOf({ sampled, spans, usual, suspect: "pay", before })?.replayed).toBeCloseTo(0.75 * 0.1 + 0.25 * 0.03);
  const slower = usual.map((one) => ({ ...one, durationUs: 200_000 }));
  expect(replayOf({ ...slow, usual: slower, suspect: "pay", before })).toBeUndefined();
});

test("too few requests, or calls that nobody linked, say nothing", () => {
  const calls = [{ to: "pay", fromMs: 10, toMs: 90 }];
  expect(replayOf({ ...traces(9, calls), usual, suspect: "pay", before })).toBeUndefined();
  expect(
    replayOf({ ...traces(10, calls), usual, suspect: "pay", before: { requests: paid.slice(0, 5), calls: [] } }),
  ).toBeUndefined();
  expect(replayOf({ ...traces(10, []), usual, suspect: "pay", before })).toBeUndefined();
});

test("it is a sentence of the finding when it takes away half of what was too much", () => {
  const answer = why(mesh({ cart: { own: 0.5 } }), {
    service: 0,
    metric: "latency",
    statistic: "mean",
    at: 1_900_007_500,
  });
  const told = withReplay(answer, { now: 4.1, replayed: 0.25, explained: 0.95 }).findings[0];
  expect(told?.sentence).toEndWith(
    "; were it as usual, a mean request of web that asks others would take 250 ms instead of 4.1 s",
  );
  expect(told?.evidence.at(-1)).toMatchObject({ metric: "replay", baseline: 0.25, observed: 4.1 });
  const hardly = withReplay(answer, { now: 4.1, replayed: 3.9, explained: 0.05 }).findings[0];
  expect(withReplay({ ...answer, confidence: "high" }, { now: 4.1, replayed: 3.9, explained: 0.05 }).confidence).toBe(
    "medium",
  );
  expect(hardly?.sentence).toBe(answer.findings[0]?.sentence as string);
});
