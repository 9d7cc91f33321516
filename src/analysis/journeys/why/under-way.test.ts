import { expect, test } from "bun:test";
import { seededRandom } from "../../../base/random.ts";
import type { FunnelDefinition } from "../funnel/definition.ts";
import { logBuilder } from "../log-builder.ts";
import type { LossAnswer } from "./types.ts";
import { lossOf } from "./why.ts";

const FUNNEL: FunnelDefinition = {
  ...{ steps: ["GET /cart", "POST /pay"], unit: "visitor", order: "ordered", windowMs: Number.POSITIVE_INFINITY },
  ...{ exclusions: [], reentry: "once" },
};
const VISITORS = 3000;
const END_MS = VISITORS * 1000;

test("who has come so late that most would still be under way is not taken for lost", () => {
  const random = seededRandom(7);
  const log = logBuilder();
  for (const name of ["status", "latency_ms"]) log.attribute(name);
  for (let visitor = 0; visitor < VISITORS; visitor++) {
    const at = visitor * 1000;
    // what has become slow lately drives nobody away
    const cartMs = visitor > 0.9 * VISITORS ? 900 : 50;
    log.add(at, `${visitor}`, "GET /cart", ["200", String(cartMs)]);
    const paysAt = at + 60_000 + random.unit() * 120_000;
    if (random.unit() < 0.6 && paysAt < END_MS) log.add(paysAt, `${visitor}`, "POST /pay", ["200", "80"]);
  }

  const { findings, change, lost } = lossOf(log.finish(), FUNNEL, 1, seededRandom(1)) as LossAnswer;
  expect(findings).toEqual([]);
  expect(change).toBeNull();
  expect(lost.entered).toBeGreaterThan(0.9 * VISITORS);
});
