// Outages of many sizes are told of as soon as the burn rates promise, once, and no longer than they last.
import { expect, test } from "bun:test";
import { promisedS, rulesOf } from "./rules.ts";
import { GRAIN_S, watchedObjective } from "./watched.fixture.ts";

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const PER_STEP = 200;

/** Bad ones come evenly: what is measured is the rule, not chance. */
const evenly = (badShare: number) => {
  let owed = 0;
  return () => {
    owed += PER_STEP * badShare;
    const bad = Math.floor(owed);
    owed -= bad;
    return { requests: PER_STEP, bad };
  };
};

const OUTAGES = [
  { share: 0.999, windowS: 30 * DAY_S, badShare: 1 },
  { share: 0.999, windowS: 30 * DAY_S, badShare: 0.2 },
  { share: 0.999, windowS: 30 * DAY_S, badShare: 0.01 },
  { share: 0.999, windowS: 30 * DAY_S, badShare: 0.002 },
  { share: 0.99, windowS: 30 * DAY_S, badShare: 1 },
  { share: 0.99, windowS: 30 * DAY_S, badShare: 0.08 },
  { share: 0.99, windowS: 7 * DAY_S, badShare: 0.5 },
  { share: 0.99, windowS: DAY_S, badShare: 1 },
  { share: 0.99, windowS: DAY_S, badShare: 0.05 },
  { share: 0.9, windowS: HOUR_S, badShare: 0.8 },
];

test.each(OUTAGES)("it is told of in the time that its burn rate promises: %o", ({ share, windowS, badShare }) => {
  for (const beforeS of [60, 2 * DAY_S]) {
    const promised = promisedS(windowS, 1 - share, badShare) as number;
    const watched = watchedObjective({ share, windowS });
    watched.run(beforeS, evenly(0));
    watched.run(beforeS + promised + 2 * GRAIN_S, evenly(badShare));

    expect(watched.opened).toHaveLength(1);
    expect((watched.opened[0] as number) - beforeS).toBeGreaterThanOrEqual(promised - GRAIN_S);
  }
});

test.each(OUTAGES)("it is over when its rule's short window is: %o", ({ share, windowS, badShare }) => {
  const promised = promisedS(windowS, 1 - share, badShare) as number;
  const endS = DAY_S + 2 * promised;
  const watched = watchedObjective({ share, windowS });
  watched.run(DAY_S, evenly(0));
  watched.run(endS, evenly(badShare));
  watched.run(endS + DAY_S, evenly(0));

  const longest = Math.max(60, ...rulesOf(windowS).map(({ shortS }) => shortS));
  expect(watched.opened).toHaveLength(1);
  expect(watched.closed).toHaveLength(1);
  expect((watched.closed[0] as number) - endS).toBeLessThanOrEqual(longest + GRAIN_S);
});

test("a failure that comes and goes each two minutes is one incident", () => {
  const watched = watchedObjective({ share: 0.999, windowS: 30 * DAY_S });
  watched.run(DAY_S, evenly(0));
  watched.run(DAY_S + HOUR_S, (atS) => ({ requests: PER_STEP, bad: atS % 240 < 120 ? 100 : 0 }));
  watched.run(2 * DAY_S, evenly(0));

  expect(watched.opened).toHaveLength(1);
  expect(watched.closed).toHaveLength(1);
});

test("what an incident has told of does not bring another one by a single failure", () => {
  const watched = watchedObjective({ share: 0.999, windowS: 30 * DAY_S });
  const rare = (bad: number) => () => ({ requests: 1, bad });
  watched.run(DAY_S, rare(0));
  watched.run(DAY_S + 600, rare(1));
  watched.run(DAY_S + 1200, rare(0));
  watched.run(DAY_S + 1210, rare(1));
  watched.run(DAY_S + 2 * HOUR_S, rare(0));

  expect(watched.opened).toHaveLength(1);
});

test("less than is allowed is no incident, nor is a handful of requests", () => {
  const within = watchedObjective({ share: 0.99, windowS: 30 * DAY_S });
  within.run(10 * DAY_S, evenly(0.0099));
  const few = watchedObjective({ share: 0.999, windowS: 30 * DAY_S });
  few.run(DAY_S, (atS) => (atS < 40 ? { requests: 1, bad: 1 } : { requests: 0, bad: 0 }));

  expect(within.opened).toEqual([]);
  expect(few.opened).toEqual([]);
});
