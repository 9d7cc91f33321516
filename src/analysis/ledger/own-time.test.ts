import { describe, expect, test } from "bun:test";
import { seededRandom } from "../../base/random.ts";
import type { ResourceSample } from "../../model/resources.ts";
import { background } from "./background.ts";
import { mannerOf, ownShares } from "./own-time.ts";
import type { Step } from "./steps.ts";

const rounded = (shares: object) =>
  Object.fromEntries(
    Object.entries(shares).flatMap(([name, share]) => (share < 0.005 ? [] : [[name, Math.round(share * 100) / 100]])),
  );

/** by itself, so that nothing is known of what is done unasked */
function sharesOf(step: Omit<Step, "requests">) {
  return ownShares(step, mannerOf([{ ...step, requests: 1 }]));
}

/** one task that does all the work */
const loop = (cpuUs: number, runDelayUs = 0): ResourceSample => ({
  cpuUs,
  runDelayUs,
  mainCpuUs: cpuUs,
  mainDelayUs: runDelayUs,
});

describe("in a second", () => {
  test.each([
    ["threads that sleep", { cpuUs: 0.1e6, mainCpuUs: 0.01e6 }, 10, 1, { cpu: 0.01 }],
    ["one thread that computes", loop(0.5e6), 0.5, 0.5, { cpu: 1 }],
    ["an event loop that is full: the others wait for it", loop(1e6), 4, 1, { cpu: 1 }],
    ["an event loop whose requests sleep", loop(0.1e6), 10, 1, { cpu: 0.01 }],
    ["a loop's other tasks delay nobody", { ...loop(0.1e6), cpuUs: 0.15e6, runDelayUs: 0.9e6 }, 1, 1, { cpu: 0.1 }],
    ["one request is never held up by itself", loop(0.3e6, 0.3e6), 1, 1, { cpu: 0.3, runQueue: 0.3 }],
    [
      "throttled",
      { cpuUs: 0.25e6, runDelayUs: 0.8e6, throttledUs: 0.75e6 },
      1.05,
      1,
      { cpu: 0.24, runQueue: 0.05, throttled: 0.71 },
    ],
    [
      "throttled on several cores, which is counted for each",
      { cpuUs: 0.25e6, runDelayUs: 0.75e6, throttledUs: 1.5e6 },
      1,
      1,
      { cpu: 0.25, throttled: 0.75 },
    ],
    [
      "one of several waits for storage, or more: at least one",
      { ioSomeUs: 0.9e6, ioFullUs: 0.9e6 },
      4,
      1,
      { storage: 0.23 },
    ],
    ["storage, by each task's own account", { ioSomeUs: 0.9e6, ioDelayUs: 2e6 }, 4, 1, { storage: 0.5 }],
    [
      "pages that come back from storage are memory's fault",
      { ioSomeUs: 0.5e6, memorySomeUs: 0.5e6 },
      1,
      1,
      { memory: 0.5 },
    ],
    [
      "so is what had to be read again",
      { ioSomeUs: 0.5e6, refaultBytes: 3e6, readBytes: 3e6, writeBytes: 1e6 },
      1,
      1,
      { storage: 0.13, memory: 0.38 },
    ],
    [
      "running to find pages that can go is a stall",
      { cpuUs: 0.7e6, memorySomeUs: 0.6e6 },
      1,
      1,
      { cpu: 0.4, memory: 0.6 },
    ],
    [
      "work that is no request's takes no more than there is",
      { cpuUs: 3e6, runDelayUs: 1e6 },
      1,
      1,
      { cpu: 0.75, runQueue: 0.25 },
    ],
    ["no figures", {}, 1, 1, {}],
    ["no requests", { cpuUs: 1e6 }, 0, 0, {}],
  ])("%s", (_, rise: ResourceSample, ownS, busyS, expected) => {
    expect(rounded(sharesOf({ rise, ownS, busyS, seconds: 1 }))).toEqual(expected);
  });

  test("what is done unasked is no request's", () => {
    const step = { ownS: 0.1, busyS: 0.1, seconds: 1 };

    const loops = { isLoop: true, background: loop(0.1e6) };
    expect(rounded(ownShares({ ...step, rise: loop(0.11e6) }, loops))).toEqual({ cpu: 0.2 });
    const threads = { isLoop: false, background: { cpuUs: 0.1e6 } };
    expect(rounded(ownShares({ ...step, rise: { cpuUs: 0.11e6 } }, threads))).toEqual({ cpu: 0.1 });
  });
});

/** One event loop: each of so many callers' requests sleeps, then the loop works for it; in turn, without end. */
function simulated({ callers, workMs, sleepMs }: { callers: number; workMs: number; sleepMs: number }) {
  const random = seededRandom(5);
  const drawn = (mean: number) => -mean * Math.log(1 - random.unit());
  const ready = Array.from({ length: callers }, () => drawn(sleepMs));
  const endMs = 200_000;
  let [nowMs, ranMs, atLoopMs] = [0, 0, 0];
  while (nowMs < endMs) {
    const next = ready.indexOf(Math.min(...ready));
    const since = ready[next] as number;
    const ms = drawn(workMs);
    nowMs = Math.max(nowMs, since) + ms;
    ranMs += ms;
    atLoopMs += nowMs - since;
    ready[next] = nowMs + drawn(sleepMs);
  }
  return {
    rise: loop(ranMs * 1000),
    seconds: nowMs / 1000,
    ownS: (callers * nowMs) / 1000,
    truth: atLoopMs / (callers * nowMs),
  };
}

test.each([
  { callers: 1, workMs: 5, sleepMs: 50 },
  { callers: 4, workMs: 5, sleepMs: 50 },
  { callers: 4, workMs: 20, sleepMs: 20 },
  { callers: 16, workMs: 5, sleepMs: 200 },
])("in a loop that works for $callers, $workMs ms after $sleepMs ms of sleep, what is told is what was", (of) => {
  const { truth, ...step } = simulated(of);

  const { cpu } = sharesOf({ ...step, busyS: step.seconds });

  expect(Math.abs(cpu - truth)).toBeLessThan(0.05);
});

describe("unasked", () => {
  const steps = (of: (at: number) => Partial<Step>): Step[] =>
    Array.from({ length: 30 }, (_, at) => ({ rise: {}, seconds: 10, requests: 0, ownS: 0, busyS: 0, ...of(at) }));

  test("is what is used however much is asked", () => {
    const found = background(
      steps((at) => ({ requests: at % 5, rise: { cpuUs: 200_000 + 30_000 * (at % 5) + (at % 3) } })),
    );

    expect(found.cpuUs).toBeCloseTo(20_000, -2);
  });

  test("is nothing that cannot be told from the requests' part", () => {
    expect(background(steps(() => ({ requests: 3, rise: { cpuUs: 90_000 } }))).cpuUs).toBe(0);
    expect(
      background(steps((at) => ({ requests: 1 + (at % 5), rise: { cpuUs: 30_000 * (1 + (at % 5)) } }))).cpuUs,
    ).toBeCloseTo(0);
    expect(background(steps(() => ({ rise: { cpuUs: 90_000 } })).slice(0, 5))).toEqual({});
  });

  test("is never more than was used when each request began to cost more", () => {
    const risen = steps((at) =>
      at < 15 ? { requests: 20, rise: { cpuUs: 20_000 } } : { requests: 10, rise: { cpuUs: 300_000 } },
    );

    expect(background(risen).cpuUs).toBeLessThanOrEqual(2000);
  });
});
