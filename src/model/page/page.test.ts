// The page by itself: one process, time as it is given.
import { describe, expect, test } from "bun:test";
import { seededRandom } from "../../base/random.ts";
import { HELD } from "./held.ts";
import { type TrafficPage, trafficPage, trafficPageSize } from "./page.ts";
import { mix, STALE_S } from "./slots.ts";
import { HEALTHY, UNHEALTHY } from "./verdict.ts";

/** as many workers' views of one page */
function pages(workers: number): TrafficPage[] {
  const bytes = new Uint8Array(trafficPageSize(workers));
  return Array.from({ length: workers }, (_, index) => trafficPage(bytes, workers, index, 5));
}

describe("slots", () => {
  test("a name has the same slot for every worker, and another than every other name", () => {
    const [a, b] = pages(2) as [TrafficPage, TrafficPage];
    const names = Array.from({ length: 500 }, (_, i) => mix(i, 80));

    const slots = names.map((name) => a.endpoints.claim(name, 0));

    expect(new Set(slots).size).toBe(500);
    expect(names.map((name) => b.endpoints.claim(name, 0))).toEqual(slots);
  });

  test("a slot that nobody touches goes to another name, empty", () => {
    const [page] = pages(1) as [TrafficPage];
    const names = Array.from({ length: 60_000 }, (_, i) => mix(i, 1));
    const slots = names.map((name) => page.services.claim(name, 0));
    expect(slots.filter((slot) => slot < 0).length).toBeGreaterThan(0);
    const used = slots[0] as number;
    page.held.take(used, HELD.requests, 5);

    const later = (STALE_S + 1) * 1000;
    page.services.touch(slots[1] as number, later);
    const others = Array.from({ length: 60_000 }, (_, i) => page.services.claim(mix(i, 2), later));

    expect(others).toContain(used);
    expect(others).not.toContain(slots[1]);
    expect(page.held.total(used, HELD.requests)).toBe(0);
  });
});

test("what is held is limited over all workers, and a dead worker's part is free again", () => {
  const [a, b] = pages(2) as [TrafficPage, TrafficPage];
  const took = [a, b, a, b].map((page) => page.held.take(3, HELD.requests, 3));
  expect(took).toEqual([true, true, true, false]);

  b.giveBack(0);

  expect(b.held.total(3, HELD.requests)).toBe(1);
  expect(b.held.take(3, HELD.requests, 3)).toBe(true);
});

describe("budget", () => {
  test("retries are a share of ten seconds' requests of all workers, and some a second besides", () => {
    const [a, b] = pages(2) as [TrafficPage, TrafficPage];
    for (let i = 0; i < 50; i++) {
      a.budgets.request(1, 1_000);
      b.budgets.request(1, 3_000);
    }

    const withdrawn = Array.from({ length: 100 }, (_, i) => (i % 2 ? a : b).budgets.withdraw(1, 4_000, 0.2, 1));

    expect(withdrawn.filter(Boolean)).toHaveLength(20 + 10);
    expect(a.budgets.withdraw(2, 4_000, 0.2, 0)).toBe(false);
  });

  test("what happened ten seconds ago counts no more, second by second", () => {
    const [page] = pages(1) as [TrafficPage];
    for (let i = 0; i < 100; i++) page.budgets.request(1, 500);
    for (let i = 0; i < 100; i++) page.budgets.request(1, 5_500);

    expect(page.budgets.left(1, 9_999, 0.2, 0)).toBe(40);
    expect(page.budgets.left(1, 10_000, 0.2, 0)).toBe(20);
    expect(page.budgets.left(1, 15_000, 0.2, 0)).toBe(0);
  });

  test("over any ten seconds of random traffic, retries never exceed what was allowed", () => {
    const [a, b] = pages(2) as [TrafficPage, TrafficPage];
    const random = seededRandom(7);
    const requests: number[] = [];
    const retries: number[] = [];
    for (let now = 0; now < 60_000; now += Math.floor(random.unit() * 20)) {
      const page = random.unit() < 0.5 ? a : b;
      page.budgets.request(1, now);
      requests.push(now);
      if (random.unit() < 0.5 && page.budgets.withdraw(1, now, 0.2, 2)) retries.push(now);
    }

    for (let second = 10; second <= 60; second++) {
      const within = (at: number) => at < second * 1000 && at >= (second - 10) * 1000;
      expect(retries.filter(within).length).toBeLessThanOrEqual(requests.filter(within).length * 0.2 + 20);
    }
    expect(retries.length).toBeGreaterThan(requests.length * 0.15);
  });
});

describe("rates", () => {
  test("a burst passes at once, then the steady rate; who is refused is told how long to wait", () => {
    const [page] = pages(1) as [TrafficPage];
    const rate = { intervalMs: 100, burst: 5 };
    const key = page.rates.keyOf("alice", 1);
    const take = (now: number) => ({ ...page.rates.take(key, rate, now) });

    expect(Array.from({ length: 6 }, () => take(1_000).isAllowed)).toEqual([true, true, true, true, true, false]);
    expect(take(1_000)).toEqual({ isAllowed: false, waitMs: 100, left: 0 });
    expect(take(1_099).isAllowed).toBe(false);
    expect(take(1_101)).toEqual({ isAllowed: true, waitMs: 0, left: 0 });
    expect(take(1_400).left).toBe(2);
    expect(take(60_000).left).toBe(4);
  });

  test.each([
    ["a million a second", 0.001, 1000],
    ["ten a second", 100, 1],
    ["a thousand a day", 86_400, 100],
  ])("%s is kept within one request over a long time", (_, intervalMs, burst) => {
    const [page] = pages(1) as [TrafficPage];
    const random = seededRandom(3);
    const key = page.rates.keyOf("x", 2);
    let now = 12_345_678;
    const start = now;
    let passed = 0;
    for (let i = 0; i < 20_000; i++) {
      now += random.unit() * intervalMs * 1.2;
      if (page.rates.take(key, { intervalMs, burst }, now)?.isAllowed) passed++;
    }
    const allowed = (now - start) / intervalMs + burst;

    expect(passed).toBeLessThanOrEqual(allowed + 1);
  });

  test("keys of different limits do not disturb each other, and a full table says so", () => {
    const [page] = pages(1) as [TrafficPage];
    const slow = { intervalMs: 3_600_000, burst: 1 };
    let missing = 0;
    for (let i = 0; i < 100_000; i++) {
      if (!page.rates.take(page.rates.keyOf(`user ${i}`, 1), slow, 1_000)) missing++;
    }
    expect(missing).toBeGreaterThan(20_000);
    // those that have a place keep it against newcomers of a fast limit
    const first = page.rates.keyOf("user 0", 1);
    for (let i = 0; i < 20_000; i++)
      page.rates.take(page.rates.keyOf(`other ${i}`, 2), { intervalMs: 1, burst: 1 }, 2_000);
    expect(page.rates.take(first, slow, 3_000)?.isAllowed).toBe(false);
    // and when their time is over, the places are free
    expect(page.rates.take(page.rates.keyOf("late", 2), { intervalMs: 1, burst: 1 }, 3_700_000)?.isAllowed).toBe(true);
  });
});

describe("verdicts", () => {
  test("each ejection is longer, up to a limit, and good behaviour is remembered", () => {
    const [page] = pages(1) as [TrafficPage];
    const { verdicts } = page;
    let now = 1_000;
    const lengths: number[] = [];
    for (let i = 0; i < 5; i++) {
      expect(verdicts.eject(4, now, 1_000, 6_000)).toBe(true);
      expect(verdicts.eject(4, now, 1_000, 6_000)).toBe(false);
      lengths.push(verdicts.ejectedFor(4, now));
      now += lengths.at(-1) as number;
      verdicts.readmit(4, now);
    }
    now += 60_000;
    verdicts.eject(4, now, 1_000, 6_000);

    expect(lengths).toEqual([1_000, 2_000, 4_000, 6_000, 6_000]);
    expect(verdicts.ejectedFor(4, now)).toBe(1_000);
  });

  test("one worker at a time probes", () => {
    const [a, b] = pages(2) as [TrafficPage, TrafficPage];
    a.verdicts.eject(4, 0, 1_000, 1_000);

    expect([a, b].map(({ verdicts }) => verdicts.probe(4, 1_500, 5_000))).toEqual([true, false]);
    expect(b.verdicts.probe(4, 6_600, 5_000)).toBe(true);
  });

  test("clocks may wrap", () => {
    const [page] = pages(1) as [TrafficPage];
    const before = 2 ** 31 - 500;
    page.verdicts.eject(4, before, 1_000, 1_000);

    expect(page.verdicts.ejectedFor(4, before + 600)).toBe(400);
    expect(page.verdicts.ejectedFor(4, before + 1_600)).toBeLessThan(0);
  });

  test("a health verdict is new once", () => {
    const [page] = pages(1) as [TrafficPage];
    expect([UNHEALTHY, UNHEALTHY, HEALTHY].map((it) => page.verdicts.setHealth(9, it as 1 | 2))).toEqual([
      true,
      false,
      true,
    ]);
  });
});

test("one worker has the turn until it stays away; a dead one's is free at once", () => {
  const [a, b] = pages(2) as [TrafficPage, TrafficPage];
  expect(a.isMine(0, 2_000)).toBe(true);
  expect(b.isMine(1_000, 2_000)).toBe(false);
  expect(a.isMine(1_500, 2_000)).toBe(true);
  expect(b.isMine(3_000, 2_000)).toBe(false);
  expect(b.isMine(4_000, 2_000)).toBe(true);
  expect(a.isMine(4_100, 2_000)).toBe(false);

  a.giveBack(1);

  expect(a.isMine(4_100, 2_000)).toBe(true);
});
