// Who gets the requests, counted: seeded randomness, time as it is given.
import { describe, expect, test } from "bun:test";
import { seededRandom } from "../../base/random.ts";
import type { LoadBalancing } from "../../model/traffic-policy.ts";
import { backend } from "../route/backend.ts";
import type { Ask, Backend } from "../shapes.ts";
import { hashOf } from "./hash.ts";
import { expectedMs, load, observe, observeFailure } from "./load.ts";
import { ask as newAsk, picker } from "./picker.ts";

function endpoints(count: number): Backend[] {
  return Array.from({ length: count }, (_, i) =>
    backend({ type: "dial", key: 100 + i, via: "own", port: 80 }, 100 + i),
  );
}

/** how many of `picks` each got, when requests end at once */
function shares(
  type: LoadBalancing["type"],
  backends: readonly Backend[],
  picks: number,
  ask = newAsk(seededRandom(1)),
) {
  const pick = picker({ type, slowStartMs: 0 });
  const counts = new Map(backends.map((one) => [one, 0]));
  for (let i = 0; i < picks; i++) {
    ask.hash = hashOf(`key ${i}`);
    const picked = pick(backends, ask);
    counts.set(picked, (counts.get(picked) ?? 0) + 1);
  }
  return backends.map((one) => counts.get(one) ?? 0);
}

/** χ² of counts that should be equal, over its degrees of freedom: near 1 for a fair draw */
function unevenness(counts: readonly number[]): number {
  const mean = counts.reduce((sum, one) => sum + one, 0) / counts.length;
  return counts.reduce((sum, one) => sum + (one - mean) ** 2 / mean, 0) / (counts.length - 1);
}

describe("shares of equal endpoints", () => {
  test.each([
    ["random", 1.6],
    ["peak-ewma", 1.6],
    ["least-request", 1.6],
    ["round-robin", 0],
  ] as const)("%s", (type, most) => {
    expect(unevenness(shares(type, endpoints(10), 20_000))).toBeLessThanOrEqual(most);
  });

  test.each([
    ["ring-hash", 0.25],
    ["maglev", 0.05],
  ] as const)("%s spreads keys within %d of an equal share", (type, most) => {
    const counts = shares(type, endpoints(10), 200_000);
    for (const count of counts) expect(Math.abs(count / 20_000 - 1)).toBeLessThan(most);
  });

  test("one endpoint gets all, two are both used", () => {
    for (const type of ["peak-ewma", "least-request", "round-robin", "random", "ring-hash", "maglev"] as const) {
      expect(shares(type, endpoints(1), 10)).toEqual([10]);
      expect(Math.min(...shares(type, endpoints(2), 1000))).toBeGreaterThan(350);
    }
  });
});

describe("consistent hashing", () => {
  const owners = (type: "ring-hash" | "maglev", backends: readonly Backend[]) => {
    const pick = picker({ type, slowStartMs: 0 });
    const ask = newAsk(seededRandom(1));
    return Array.from({ length: 20_000 }, (_, i) => {
      ask.hash = hashOf(`session ${i}`);
      return pick(backends, ask).workload;
    });
  };

  test.each([
    ["ring-hash", 0],
    ["maglev", 0.05],
  ] as const)("%s: when one of ten goes, its keys move, and at most %d of the others", (type, most) => {
    const all = endpoints(10);
    const before = owners(type, all);
    const after = owners(type, all.slice(0, 9));

    const gone = (all[9] as Backend).workload;
    const strays = before.filter((owner, i) => owner !== gone && owner !== after[i]).length;
    expect(strays / before.length).toBeLessThanOrEqual(most);
    // and they spread over all that are left
    const heirs = new Set(before.flatMap((owner, i) => (owner === gone ? [after[i]] : [])));
    expect(heirs.size).toBe(9);
  });

  test.each(["ring-hash", "maglev"] as const)("%s: the order in which endpoints are listed does not matter", (type) => {
    const all = endpoints(7);
    expect(owners(type, [...all].reverse())).toEqual(owners(type, all));
  });

  test.each(["ring-hash", "maglev"] as const)("%s: a thousand endpoints, each with keys", (type) => {
    const counts = shares(type, endpoints(1000), 200_000);
    expect(Math.min(...counts)).toBeGreaterThan(20);
  });
});

describe("peak EWMA", () => {
  test("rises at once and falls slowly", () => {
    const one = load();
    observe(one, 10, 0);
    observe(one, 100, 1_000);
    expect(one.costMs).toBe(100);
    observe(one, 10, 1_010);
    expect(one.costMs).toBeGreaterThan(99);
    for (let now = 2_000; now <= 60_000; now += 1_000) observe(one, 10, now);
    expect(one.costMs).toBeLessThan(11);
  });

  test("a slow endpoint of ten is left nearly alone, and comes back when it has recovered", () => {
    const backends = endpoints(10);
    const slow = backends[3] as Backend;
    const pick = picker({ type: "peak-ewma", slowStartMs: 0 });
    const ask = newAsk(seededRandom(5));
    const run = (fromMs: number, forMs: number, latencyOf: (one: Backend) => number) => {
      let toSlow = 0;
      let all = 0;
      const ends: { at: number; one: Backend; took: number }[] = [];
      for (let now = fromMs; now < fromMs + forMs; now += 1) {
        for (const { at, one, took } of ends.splice(0)) {
          if (at > now) ends.push({ at, one, took });
          else {
            one.load.outstanding--;
            observe(one.load, took, now);
          }
        }
        ask.nowMs = now;
        const one = pick(backends, ask);
        one.load.outstanding++;
        const took = latencyOf(one);
        ends.push({ at: now + took, one, took });
        all++;
        if (one === slow) toSlow++;
      }
      for (const { one } of ends) one.load.outstanding--;
      return toSlow / all;
    };

    const noise = seededRandom(6);
    const fast = () => 3 + 4 * noise.unit();
    const equal = run(0, 5_000, fast);
    const slowed = run(5_000, 20_000, (one) => (one === slow ? 200 : fast()));
    const healed = run(60_000, 20_000, fast);

    expect(equal).toBeCloseTo(0.1, 1);
    expect(slowed).toBeLessThan(0.02);
    expect(healed).toBeGreaterThan(0.08);
  });

  test("a newcomer gets one request, and no second one before it has answered", () => {
    const backends = endpoints(2);
    const [known, fresh] = backends as [Backend, Backend];
    observe(known.load, 5, 0);
    const pick = picker({ type: "peak-ewma", slowStartMs: 0 });
    const ask = newAsk(seededRandom(1));
    const picked = Array.from({ length: 10 }, () => {
      const one = pick(backends, ask);
      if (one === fresh) fresh.load.outstanding++;
      return one;
    });

    expect(picked.filter((one) => one === fresh)).toHaveLength(1);
  });

  test("failing fast attracts nobody", () => {
    const one = load();
    observe(one, 20, 0);
    observeFailure(one, 0.1, 10);
    expect(expectedMs(one, 10)).toBeGreaterThanOrEqual(100);
  });

  test("the drawn pair is told", () => {
    const backends = endpoints(5);
    const ask = newAsk(seededRandom(1));
    const picked = picker({ type: "peak-ewma", slowStartMs: 0 })(backends, ask);
    expect([ask.first, ask.second]).toContain(picked);
    expect(ask.first).not.toBe(ask.second);
  });
});

describe("slow start", () => {
  test.each(["round-robin", "least-request", "random"] as const)("%s: a newcomer's share grows", (type) => {
    const backends = endpoints(4);
    const fresh = backends[3] as Backend;
    fresh.load.sinceMs = 0;
    const pick = picker({ type, slowStartMs: 10_000 });
    const ask = newAsk(seededRandom(2));
    const shareAt = (now: number) => {
      ask.nowMs = now;
      let count = 0;
      for (let i = 0; i < 4_000; i++) if (pick(backends, ask) === fresh) count++;
      return count / 4_000;
    };
    const grown = [0, 2_500, 5_000, 7_500, 10_000].map(shareAt);

    expect(grown[0]).toBeLessThan(0.06);
    expect(grown.at(-1)).toBeGreaterThan(0.22);
    if (type !== "least-request") expect(grown).toEqual([...grown].sort((a, b) => a - b));
  });

  test("round robin gives a newcomer exactly its share, evenly spread", () => {
    const backends = endpoints(3);
    const fresh = backends[2] as Backend;
    fresh.load.sinceMs = 0;
    const pick = picker({ type: "round-robin", slowStartMs: 1_000 });
    const ask: Ask = { ...newAsk(seededRandom(1)), nowMs: 500 };
    const names = Array.from({ length: 10 }, () => "abc"[backends.indexOf(pick(backends, ask))]).join("");

    expect(names).toBe("ababcababc");
  });
});

test("a retry goes to an endpoint that has not failed it, as long as there is one", () => {
  for (const type of ["peak-ewma", "least-request", "round-robin", "random", "ring-hash", "maglev"] as const) {
    const backends = endpoints(3);
    const pick = picker({ type, slowStartMs: 0 });
    const ask = newAsk(seededRandom(1));
    for (let i = 0; i < 100; i++) {
      ask.hash = hashOf(`${i}`);
      ask.avoid = [];
      const first = pick(backends, ask);
      ask.avoid = [first];
      const second = pick(backends, ask);
      ask.avoid = [first, second];
      const third = pick(backends, ask);
      expect(new Set([first, second, third]).size).toBe(3);
      ask.avoid = backends;
      expect(backends).toContain(pick(backends, ask));
    }
  }
});
