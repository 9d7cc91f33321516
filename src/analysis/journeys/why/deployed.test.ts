// A version that came at a known time and may have broken what no status tells.
import { expect, test } from "bun:test";
import { seededRandom } from "../../../base/random.ts";
import type { FunnelDefinition } from "../funnel/definition.ts";
import { logBuilder } from "../log-builder.ts";
import { changeOf } from "./agreement.ts";
import { changeAt, riseSince } from "./deployed.ts";
import type { LossAnswer } from "./types.ts";
import { lossOf } from "./why.ts";

const FUNNEL: FunnelDefinition = {
  ...{ steps: ["GET /cart", "POST /pay"], unit: "visitor", order: "ordered", windowMs: Number.POSITIVE_INFINITY },
  ...{ exclusions: [], reentry: "once" },
};
const DEPLOYED_MS = 500_000;

/** One comes each second; of ten, so many are lost before and after. */
function course(before: number, after: number, count = 1_000) {
  const startMs = Array.from({ length: count }, (_, at) => at * 1_000);
  const lost = startMs.map((ms, at) => (at % 10 < (ms < DEPLOYED_MS ? before : after) ? 1 : 0));
  return { order: [...startMs.keys()], lost, startMs };
}

test("at a time that is known a change is told that might be chance at any other", () => {
  const seen = course(5, 6);

  expect(changeOf(seen.lost)).toBeUndefined();
  expect(changeAt(seen, [DEPLOYED_MS])).toEqual({ place: 500, before: 0.5, after: 0.6 });
  expect(changeAt(seen, [])).toBeUndefined();
});

test("of many deployments one or another has a change by chance", () => {
  expect(
    changeAt(
      course(5, 6),
      Array.from({ length: 50 }, (_, at) => DEPLOYED_MS - at),
    ),
  ).toBeDefined(); // all the same place
  const everywhere = Array.from({ length: 50 }, (_, at) => DEPLOYED_MS + 1_000 * at);
  expect(changeAt(course(5, 6), everywhere)).toBeUndefined();
});

test("what is lost since is bounded by how many came before and after", () => {
  const many = riseSince(course(5, 6), [DEPLOYED_MS]);
  expect(many.estimate).toBeCloseTo(50, 0);
  expect(many.spread).toBeGreaterThan(25);
  expect(many.spread).toBeLessThan(35);

  const few = riseSince(course(5, 5, 510), [DEPLOYED_MS]);
  expect(few.estimate + few.spread).toBeLessThan(10);
  expect(riseSince(course(5, 9), [10_000])).toEqual({ estimate: 0, spread: 0 }); // hardly anybody came before
});

/** @param more share of those who came after the deployment who are lost to what it broke */
function ask(more: number, deployedMs: readonly number[]): LossAnswer {
  const random = seededRandom(3);
  const log = logBuilder();
  for (const name of ["status", "latency_ms"]) log.attribute(name);
  for (let visitor = 0; visitor < 4_000; visitor++) {
    const at = visitor * 250;
    log.add(at, `${visitor}`, "GET /cart", ["200", "50"]);
    if (random.unit() < 0.5 || (at > DEPLOYED_MS && random.unit() < more)) continue;
    log.add(at + 30_000, `${visitor}`, "POST /pay", ["200", String(80 + random.unit() * 40)]);
  }
  return lossOf(log.finish(), FUNNEL, 1, seededRandom(1), deployedMs) as LossAnswer;
}

test("not technical is said of a version that changed nothing, when enough came since", () => {
  expect(ask(0, [DEPLOYED_MS]).state).toBe("not-technical");
});

test("what may be due to a version is not called not technical", () => {
  const { state, lost, change } = ask(0.3, [DEPLOYED_MS]);

  expect(state).toBe("undetermined");
  expect(lost.technicalAtMost).toBeGreaterThan(0.1);
  expect(change).toMatchObject({ at: new Date(DEPLOYED_MS).toISOString() });
});
