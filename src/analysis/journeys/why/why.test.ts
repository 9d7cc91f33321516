import { expect, test } from "bun:test";
import { type Random, seededRandom } from "../../../base/random.ts";
import type { FunnelDefinition } from "../funnel/definition.ts";
import { logBuilder } from "../log-builder.ts";
import type { LossAnswer } from "./types.ts";
import { lossOf } from "./why.ts";

const FUNNEL: FunnelDefinition = {
  ...{ steps: ["GET /cart", "POST /pay"], unit: "visitor", order: "ordered", windowMs: Number.POSITIVE_INFINITY },
  ...{ exclusions: [], reentry: "once" },
};

type Pay = {
  readonly status?: number;
  readonly ms?: number;
  readonly version?: string;
  readonly paysAnyway?: number;
  readonly cartMs?: number;
  /** the call under it that failed or took the time */
  readonly upstream?: string;
};

/** Visitors one after the other who look at their cart, of whom half want to pay. @param pay what that meets */
function ask(
  visitors: number,
  pay: (random: Random, share: number) => Pay,
  attributes = ["status", "latency_ms", "version"],
) {
  const random = seededRandom(7);
  const log = logBuilder();
  for (const name of attributes) log.attribute(name);
  for (let visitor = 0; visitor < visitors; visitor++) {
    const at = visitor * 1000;
    const {
      cartMs = 50,
      status = 200,
      ms = 80 + random.unit() * 40,
      version = "v1",
      paysAnyway = 1,
      upstream = "",
    } = pay(random, visitor / visitors);
    log.add(at, `${visitor}`, "GET /cart", ["200", String(cartMs), "v1", ""].slice(0, attributes.length));
    if (random.unit() < 0.5) continue;
    const isOff = random.unit() > paysAnyway;
    log.add(
      at + 30_000,
      `${visitor}`,
      "POST /pay",
      [String(isOff ? 499 : status), String(ms), version, upstream].slice(0, attributes.length),
    );
  }
  return lossOf(log.finish(), FUNNEL, 1, seededRandom(1)) as LossAnswer;
}

test("payments that fail in one version are named with it, and what they cost", () => {
  const { state, findings, lost } = ask(4000, (random) => {
    const isNew = random.unit() < 0.3;
    return isNew ? { version: "v2", status: 503 } : {};
  });

  expect(state).toBe("partly");
  expect(findings[0]).toMatchObject({
    class: "failure",
    event: "POST /pay",
    what: "status 503",
    where: "version = v2",
  });
  expect(lost.interval[0]).toBeLessThan(600);
  expect(lost.interval[1]).toBeGreaterThan(600);
});

test("what takes three times as long and is there at once all the same drives nobody away", () => {
  const { findings } = ask(4000, (random) => {
    const isSlow = random.unit() < 0.3;
    return isSlow
      ? { ms: 40 + random.unit() * 40, status: random.unit() < 0.4 ? 499 : 200 }
      : { ms: 5 + random.unit() };
  });

  expect(findings).toEqual([]);
});

test("slowness that sets in for everybody is seen by before and after", () => {
  const { findings } = ask(4000, (random, share) =>
    share > 0.5 ? { ms: 3000 + random.unit() * 4000, paysAnyway: 0.5 } : {},
  );

  expect(findings[0]).toMatchObject({ class: "slowness", comparisons: { onset: "agrees" } });
  expect(findings[0]?.since).toStartWith("1970-01-01T00:33");
});

test("where it sets in is told by those who met it since, not by those who had met it by chance", () => {
  const { findings } = ask(4000, (random, share) => {
    const isNew = random.unit() < 0.3;
    if (share <= 0.5) return random.unit() < 0.1 ? { ms: 900 } : {};
    return isNew ? { version: "v2", ms: 3000, paysAnyway: 0.3 } : {};
  });

  expect(findings[0]).toMatchObject({ class: "slowness", where: "version = v2" });
});

const WITH_UPSTREAM = ["status", "latency_ms", "version", "upstream"];
/** on a busy machine, at any time */
const slowForSome = (random: Random): Pay =>
  random.unit() < 0.3 ? { ms: 900, upstream: random.unit() < 0.5 ? "slow at stock" : "slow at post" } : {};

test("on a busy machine, a service behind is named when most of what is beyond the usual is met there", () => {
  const coupons = { ms: 6000, paysAnyway: 0.2 };
  const { findings } = ask(
    4000,
    (random, share) => {
      if (share <= 0.5 || random.unit() < 0.6) return slowForSome(random);
      // of some nobody knows what they waited for
      return { ...coupons, upstream: random.unit() < 0.8 ? "slow at coupons" : "" };
    },
    WITH_UPSTREAM,
  );

  expect(findings[0]).toMatchObject({ class: "slowness", where: "slow at coupons" });
});

test("a service behind that most always wait for is named when it is what holds them up", () => {
  const { findings } = ask(
    4000,
    (_, share) => ({ upstream: "slow at bank", ...(share > 0.5 ? { ms: 4000, paysAnyway: 0.4 } : {}) }),
    WITH_UPSTREAM,
  );

  expect(findings[0]).toMatchObject({ class: "slowness", where: "slow at bank" });
});

test("none is named when what is beyond the usual is met at several", () => {
  const { findings } = ask(
    4000,
    (random, share) => {
      if (share <= 0.5) return slowForSome(random);
      const upstream = `slow at ${["stock", "post", "bank"][Math.floor(random.unit() * 3)]}`;
      return { ms: 4000, paysAnyway: 0.4, upstream };
    },
    WITH_UPSTREAM,
  );

  expect(findings[0]).toMatchObject({ class: "slowness", where: null });
});

test("without anything wrong it is not technical", () => {
  const { state, lost, findings } = ask(4000, () => ({}));

  expect(findings).toEqual([]);
  expect(state).toBe("not-technical");
  expect(lost.technicalAtMost).toBeLessThan(0.1);
});

test("few visitors leave it undetermined, with how many more are needed", () => {
  const { state, lost } = ask(150, (random) => ({ cartMs: random.unit() < 0.4 ? 900 : 80 }));

  expect(state).toBe("undetermined");
  expect(lost.moreNeeded).toBeGreaterThan(0);
});

test("events that say nothing of latency cannot show that a loss is not technical", () => {
  const { state, lost, assumptions } = ask(4000, () => ({}), ["status"]);

  expect(state).toBe("undetermined");
  expect(lost.technicalAtMost).toBeNull();
  expect(assumptions).toContain("the events have no latency, so slowness is not seen");
});

test("a version that replaced another at once cannot be cleared", () => {
  const { state } = ask(4000, (_, share) => ({ version: share > 0.5 ? "v2" : "v1" }));

  expect(state).toBe("undetermined");
});

test("what is lost more since a version replaced another at once is not laid to the version: nothing ran beside it", () => {
  const { state, findings } = ask(4000, (_, share) => (share > 0.4 ? { version: "v2", paysAnyway: 0.6 } : {}));

  expect(findings).toEqual([]);
  expect(state).toBe("undetermined");
});

test("a version is compared with the other one for as long as both ran", () => {
  const { findings } = ask(4000, (random, share) => {
    const isNew = share > 0.7 || (share > 0.4 && random.unit() < 0.5);
    return isNew ? { version: "v2", paysAnyway: 0.4 } : {};
  });

  expect(findings[0]).toMatchObject({ class: "place", what: "version = v2" });
});

test("where most are lost is cleared, and that nobody can say it of another step is said too", () => {
  const random = seededRandom(7);
  const log = logBuilder();
  for (const name of ["status", "latency_ms", "version"]) log.attribute(name);
  for (let visitor = 0; visitor < 4000; visitor++) {
    const at = visitor * 1000;
    const add = (afterMs: number, event: string, version: string) =>
      log.add(at + afterMs, `${visitor}`, event, ["200", String(60 + random.unit() * 40), version]);
    add(0, "GET /cart", "v1");
    if (random.unit() < 0.5) continue;
    add(30_000, "POST /pay", "v1");
    if (random.unit() < 0.9) add(60_000, "GET /thanks", visitor > 2000 ? "v2" : "v1");
  }
  const funnel = { ...FUNNEL, steps: [...FUNNEL.steps, "GET /thanks"] };
  const answer = lossOf(log.finish(), funnel, undefined, seededRandom(1)) as LossAnswer;

  expect(answer).toMatchObject({ step: 1, state: "not-technical" });
  expect(answer.verdict).toMatch(/; but after POST \/pay \d+ of \d+ are lost, and nobody can say yet why \(step 2\)$/);
});

test("where more are lost than were before is asked about, not where most always are", () => {
  const random = seededRandom(7);
  const log = logBuilder();
  for (const name of ["status", "latency_ms", "version"]) log.attribute(name);
  for (let visitor = 0; visitor < 4000; visitor++) {
    const add = (afterMs: number, event: string) =>
      log.add(visitor * 1000 + afterMs, `${visitor}`, event, ["200", String(60 + random.unit() * 40), "v1"]);
    add(0, "GET /cart");
    if (random.unit() < 0.7) continue;
    add(30_000, "POST /pay");
    if (random.unit() < (visitor > 2000 ? 0.6 : 0.9)) add(60_000, "GET /thanks");
  }
  const funnel = { ...FUNNEL, steps: [...FUNNEL.steps, "GET /thanks"] };

  expect(lossOf(log.finish(), funnel, undefined, seededRandom(1))).toMatchObject({ step: 2, state: "not-technical" });
});
