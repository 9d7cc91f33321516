import { expect, test } from "bun:test";
import fc from "fast-check";
import { seededRandom } from "../../base/random.ts";
import type { Exchange, Link } from "./exchange.ts";
import { LIMITS, stitcher } from "./stitcher.ts";

type Side = { readonly side: "request" | "call" } & Exchange;

/** Feeds them in the order of their ends, by the data's own clock. */
function stitched(
  spans: readonly Side[],
  limits = LIMITS,
  each: (nowUs: number, links: Link[]) => void = () => {},
): Link[] {
  const links: Link[] = [];
  const stitch = stitcher((link) => links.push(link), limits);
  for (const span of spans.toSorted((a, b) => a.endUs - b.endUs)) {
    if (span.side === "request") stitch.received(0, span);
    else stitch.called(0, span);
    stitch.advance(span.endUs);
    each(span.endUs, links);
  }
  stitch.finish();
  return links;
}

/** Requests `i`, each with a call `1000 + i` to 0 and then `2000 + i` to 1, about `everyUs` apart. */
function pairs(count: number, everyUs: number, tokens?: (i: number) => readonly number[]): Side[] {
  const random = seededRandom(3);
  const spans: Side[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    at += everyUs * 2 * random.unit();
    const first = at + 80 + 40 * random.unit();
    const firstEnd = first + 2000 + 4000 * random.unit();
    const second = firstEnd + 80 + 40 * random.unit();
    const secondEnd = second + 2000 + 4000 * random.unit();
    const more = tokens && { tokens: tokens(i) };
    spans.push({ side: "request", id: i, startUs: at, endUs: secondEnd + 100, what: 0, ...more });
    spans.push({ side: "call", id: 1000 + i, startUs: first, endUs: firstEnd, what: 0, ...more });
    spans.push({ side: "call", id: 2000 + i, startUs: second, endUs: secondEnd, what: 1, ...more });
  }
  return spans;
}

function shareRight(links: readonly Link[]): number {
  return links.filter(({ call, request }) => call % 1000 === request).length / links.length;
}

test("with one request in flight at a time each call is that request's", () => {
  const links = stitched(pairs(60, 50_000));

  expect(links).toHaveLength(120);
  expect(shareRight(links)).toBe(1);
});

test("with four in flight gaps tell whose call it is", () => {
  const links = stitched(pairs(800, 2000));

  expect(shareRight(links)).toBeGreaterThan(0.99);
});

test("a kind of call that comes with a new version is known for whose it is, and what nobody asked for is not", () => {
  const last = (spans: readonly Side[]) => Math.max(...spans.map(({ endUs }) => endUs));
  const old = pairs(800, 4_000);
  // … each with a call of a third kind between the two, from then on
  const renewed = pairs(999, 20_000).map((span) => {
    const moved = { startUs: span.startUs + last(old), endUs: span.endUs + last(old) };
    const number = { id: span.id < 1_000 ? span.id + 10_000 : span.id + 20_000 };
    return { ...span, ...moved, ...number, ...(span.side === "call" && span.what === 1 && { what: 2 }) };
  });
  // … and something that is done every 40 ms, whoever asks
  const timer = Array.from({ length: 480 }, (_, i): Side => {
    const startUs = last(old) + 40_000 * i + 7;
    return { side: "call", id: 90_000 + i, startUs, endUs: startUs + 500, what: 3 };
  });

  const links = stitched([...old, ...renewed, ...timer]);

  const isRight = ({ call, request }: Link) => (request ?? -1) % 10_000 === call % 1_000;
  const ofNew = links.filter(({ call }) => call >= 22_000 && call < 90_000);
  expect(ofNew.length).toBe(999);
  expect(ofNew.filter(isRight).length).toBeGreaterThan(0.9 * ofNew.length);
  const ofTimer = links.filter(({ call }) => call >= 90_000);
  const nobodys = (those: readonly Link[]) =>
    those.filter(({ request }) => request === undefined).length / those.length;
  expect(nobodys(ofTimer)).toBeGreaterThan(0.85); // while nothing is known of it, a third may be anybody's
  expect(nobodys(ofTimer.slice(120, 360))).toBeGreaterThan(0.98);
});

test("routes that are asked seldom make calls as a timer does, and are known for whose they are", () => {
  const random = seededRandom(1);
  const spans: Side[] = [];
  const [look, begin, read, write, insert, remove, commit, fill] = [0, 1, 2, 3, 4, 5, 6, 7];
  const chain = (id: number, startUs: number, what: number, kinds: readonly number[]) => {
    let at = startUs;
    for (const [step, kind] of kinds.entries()) {
      const start = at + 200 + 2500 * random.unit();
      at = start + 1500 * (0.2 + random.unit());
      spans.push({ side: "call", id: id * 10 + step, startUs: start, endUs: at, what: kind });
    }
    if (what >= 0) spans.push({ side: "request", id, startUs, endUs: at + 200, what });
  };
  // a request every 30 ms in the mean, which looks something up; a little later now and then one that writes, and one that removes
  for (let i = 0, at = 1e6; at < 156e6; i++, at += 60_000 * random.unit()) chain(i, at, 0, [look]);
  for (let i = 0; i < 100; i++) {
    const at = 16e6 + 1.4e6 * i;
    const writes = random.u32() % 10 === 0 ? [write, write] : [write];
    chain(10_000 + i, at + 0.7e6 * random.unit(), 1, [begin, read, ...writes, insert, commit]);
    chain(20_000 + i, at + 0.7e6 + 0.6e6 * random.unit(), 2, [begin, remove, commit]);
  }
  // … and a timer, which did so before
  for (let i = 0; i < 11; i++) {
    chain(30_000 + i, 15e6 * i, -1, [begin, fill, write, commit]);
    chain(40_000 + i, 15e6 * i + 10_000, -1, [begin, remove, commit]);
  }

  const links = stitched(spans);

  const isTimers = ({ call }: Link) => call >= 300_000;
  const seldom = links.filter((link) => link.call >= 100_000 && !isTimers(link));
  const isRight = ({ call, request }: Link) => request === Math.floor(call / 10);
  expect(seldom.filter(isRight).length).toBeGreaterThan(0.98 * seldom.length);
  const ofTimer = links.filter(isTimers);
  expect(ofTimer.filter(({ request }) => request === undefined).length).toBeGreaterThan(0.95 * ofTimer.length);
});

test("calls that fail, and take long, for the first time are known for whose they are", () => {
  const [good, bad] = [0, 1].map((at) => {
    return pairs(400, 20_000).map((span): Side => {
      const offset = at * 20_000_000;
      const number = { id: span.id + at * 10_000 };
      return { ...span, ...number, startUs: span.startUs + offset, endUs: span.endUs + offset };
    });
  }) as [Side[], Side[]];
  // the second call fails after a second, and so does the request
  const failing = bad.map((span): Side => {
    if (span.side === "call" && span.what === 0) return span;
    const late = { endUs: span.endUs + 1_000_000 };
    return span.side === "call" ? { ...span, ...late, outcome: 2 } : { ...span, ...late };
  });

  const links = stitched([...good, ...failing]).filter(({ call }) => call >= 12_000);

  expect(links.length).toBe(400);
  const right = links.filter(({ call, request }) => request !== undefined && request % 10_000 === call % 1_000);
  expect(right.length).toBeGreaterThan(0.9 * links.length);
});

test("content tells whose call it is where time cannot", () => {
  const spans = pairs(600, 150, (i) => [0, 0, 0, 0, 0, i + 1]);

  expect(shareRight(stitched(spans))).toBeGreaterThan(0.99);
});

test("content that many requests share does not hide what tells them apart", () => {
  // one session for all, and an id of each
  const spans = pairs(600, 150, (i) => [0, 0, 0, 0, 5, i + 10]);

  expect(shareRight(stitched(spans))).toBeGreaterThan(0.98);
});

test("content finds whose call it is that comes after the answer, while others wait", () => {
  const random = seededRandom(5);
  const spans: Side[] = [];
  let at = 0;
  for (let i = 0; i < 400; i++) {
    at += 1_000 * random.unit();
    const content = { what: 0, tokens: [0, 0, 0, i + 1] };
    const answeredUs = at + 6_000 + 2_000 * random.unit();
    const afterUs = answeredUs + 300 + 7_000 * random.unit();
    spans.push({ side: "request", id: i, startUs: at, endUs: answeredUs, ...content });
    spans.push({ side: "call", id: 1000 + i, startUs: at + 300, endUs: at + 2_000, ...content });
    spans.push({ side: "call", id: 2000 + i, startUs: afterUs, endUs: afterUs + 500, ...content, what: 1 });
  }

  expect(shareRight(stitched(spans))).toBeGreaterThan(0.99);
});

test("an id of the request on both sides makes the link sure, whichever kind of id it is", () => {
  for (const place of [0, 1, 2]) {
    const links = stitched(pairs(200, 150, (i) => [0, 0, 0].with(place, i + 1)));

    expect(shareRight(links)).toBe(1);
    expect(Math.min(...links.map(({ confidence }) => confidence))).toBeGreaterThan(0.99);
  }
});

test("what is exact on both sides decides against time", () => {
  const spans = pairs(400, 2000, (i) => [i + 1]);
  // call 1200 says that it is of the request that was already in flight when its own came
  const other = spans.findLast(({ side, id, startUs, endUs }) => {
    const call = spans.find((span) => span.id === 1200) as Side;
    return side === "request" && id !== 200 && startUs < call.startUs && endUs > call.endUs;
  }) as Side;
  const changed = spans.map((span) => (span.id === 1200 ? { ...span, tokens: [other.id + 1] } : span));

  const link = stitched(changed).find(({ call }) => call === 1200);

  expect(link?.request).toBe(other.id);
});

test("a call while nothing is in flight is nobody's", () => {
  const spans = pairs(60, 50_000);
  const end = Math.max(...spans.map(({ endUs }) => endUs)) + 5_000_000;
  spans.push({ side: "call", id: 9000, startUs: end, endUs: end + 1000, what: 0 });

  expect(stitched(spans).find(({ call }) => call === 9000)?.request).toBeUndefined();
});

test("requests that wait for a call in flight share it", () => {
  const spans: Side[] = [];
  for (let i = 0; i < 300; i++) {
    const at = i * 20_000;
    spans.push({ side: "call", id: 1000 + i, startUs: at + 100, endUs: at + 8100, what: 0 });
    for (const [id, late] of [
      [i, 0],
      [10_000 + i, 3000],
    ] as const) {
      spans.push({ side: "request", id, startUs: at + late + (i % 7), endUs: at + 8200 + (i % 5), what: 0 });
    }
  }
  const links = stitched(spans);

  const shared = links.filter(({ call, request, also }) => request === call - 1000 && also.includes(9000 + call));
  expect(shared.length).toBeGreaterThan(270);
});

test("the calls of a request that goes on for long after them wait for it, among ordinary ones", () => {
  const ordinary = pairs(900, 40_000);
  const spans = ordinary.map((span): Side => {
    const isSlow = span.id % 20 === 0 && span.id % 1000 >= 300;
    if (!isSlow || (span.side === "call" && span.id < 2000)) return span;
    return { ...span, endUs: span.endUs + 10_000_000 };
  });
  const ofSlow = stitched(spans).filter(({ call }) => call % 20 === 0 && call % 1000 >= 300);

  expect(ofSlow).toHaveLength(60);
  expect(shareRight(ofSlow)).toBeGreaterThan(0.95);
});

test("every call is told once, within the delay after its end", () => {
  const told = new Map<number, number>();
  const spans = pairs(900, 20_000);
  const ends = new Map(spans.map(({ id, endUs }) => [id, endUs]));
  let latest = 0;
  stitched(spans, LIMITS, (nowUs, links) => {
    for (const { call } of links.slice(told.size)) {
      expect(told.has(call)).toBe(false);
      told.set(call, nowUs);
      latest = Math.max(latest, nowUs - (ends.get(call) as number));
    }
  });

  expect(told.size).toBeGreaterThan(1000);
  // the data's clock moves with its spans, here some 10 ms apart
  expect(latest).toBeLessThan(LIMITS.delayUs + 200_000);
});

test("whatever comes, each call is told once, and a parent began before its call", () => {
  const span = fc.record({
    side: fc.constantFrom("request" as const, "call" as const),
    startUs: fc.integer({ min: 0, max: 200_000 }),
    durationUs: fc.integer({ min: 0, max: 100_000 }),
    what: fc.integer({ min: 0, max: 900 }),
  });
  fc.assert(
    fc.property(fc.array(span, { maxLength: 120 }), fc.integer({ min: 8, max: 64 }), (drawn, rows) => {
      const spans = drawn.map(({ durationUs, ...rest }, id) => ({ ...rest, id, endUs: rest.startUs + durationUs }));
      const calls = spans.filter(({ side }) => side === "call");

      const links = stitched(spans, { ...LIMITS, rows });

      expect(links.map(({ call }) => call).sort()).toEqual(calls.map(({ id }) => id).sort());
      for (const { call, request, confidence } of links) {
        expect(confidence).toBeGreaterThan(0);
        expect(confidence).toBeLessThanOrEqual(1);
        if (request === undefined) continue;
        expect(spans[request]?.side).toBe("request");
        expect((spans[request] as Side).startUs).toBeLessThanOrEqual((spans[call] as Side).startUs);
      }
    }),
    { numRuns: 20, seed: 5 },
  );
}, 60_000);

test("the same spans give the same links", () => {
  expect(stitched(pairs(300, 800))).toEqual(stitched(pairs(300, 800)));
});

test("where each is served in the order of arrival, calls are given in that order", () => {
  const random = seededRandom(9);
  const spans: Side[] = [];
  const queue = { at: 0, free: 0 };
  // One thread takes requests in turn, with times that say nothing: some eight wait at any time.
  for (let i = 0; i < 500; i++) {
    queue.at += -1000 * Math.log(1 - random.unit());
    const called = Math.max(queue.at, queue.free) + 20 * random.unit();
    queue.free = called + 800 + 200 * random.unit();
    const end = called + 8000;
    spans.push({ side: "request", id: i, startUs: queue.at, endUs: end + 100, what: 0 });
    spans.push({ side: "call", id: 1000 + i, startUs: called, endUs: end, what: 0 });
  }

  expect(shareRight(stitched(spans))).toBeGreaterThan(0.99);
});

test("calls of a timer are nobody's, though each comes after some answer", () => {
  const spans = pairs(300, 25_000);
  const random = seededRandom(8);
  const end = Math.max(...spans.map(({ endUs }) => endUs));
  for (let at = 0, id = 10_000; at < end; at += -40_000 * Math.log(1 - random.unit()), id++) {
    spans.push({ side: "call", id, startUs: at, endUs: at + 3000, what: 0 });
  }

  const links = stitched(spans);

  const ofTimer = links.filter(({ call }) => call >= 10_000);
  expect(ofTimer.filter(({ request }) => request === undefined).length / ofTimer.length).toBeGreaterThan(0.97);
});
