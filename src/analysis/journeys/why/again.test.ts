import { expect, test } from "bun:test";
import { type Random, seededRandom } from "../../../base/random.ts";
import type { FunnelDefinition } from "../funnel/definition.ts";
import { logBuilder } from "../log-builder.ts";
import type { LossAnswer } from "./types.ts";
import { lossOf } from "./why.ts";

const FUNNEL: FunnelDefinition = {
  ...{ steps: ["GET /product", "POST /cart"], unit: "visitor", order: "ordered", windowMs: Number.POSITIVE_INFINITY },
  ...{ exclusions: [], reentry: "once" },
};

/** Visitors who look at one product after the other until they go or buy. @returns the answer, and how many went because of a view */
function browse(view: (random: Random, number: number) => { readonly ms: number; readonly drives: boolean }) {
  const random = seededRandom(7);
  const log = logBuilder();
  for (const name of ["status", "latency_ms"]) log.attribute(name);
  let driven = 0;
  for (let visitor = 0; visitor < 3000; visitor++) {
    for (let number = 0; number < 6; number++) {
      const { ms, drives } = view(random, number);
      const at = visitor * 1000 + number * 20_000;
      log.add(at, `${visitor}`, "GET /product", [drives ? "499" : "200", String(ms)]);
      if (drives && number > 0) driven++;
      if (drives || random.unit() < 0.1) break;
      if (random.unit() > 0.3) continue;
      log.add(at + 10_000, `${visitor}`, "POST /cart", ["200", "60"]);
      break;
    }
  }
  return { answer: lossOf(log.finish(), FUNNEL, 1, seededRandom(1)) as LossAnswer, driven };
}

test("who goes at the third of the same pages goes for what that one was like", () => {
  const { answer, driven } = browse((random, number) => {
    const isSlow = number > 0 && random.unit() < 0.2;
    return { ms: isSlow ? 4000 : 60 + random.unit() * 40, drives: isSlow && random.unit() < 0.6 };
  });

  const [first] = answer.findings;
  expect(first).toMatchObject({ class: "slowness", event: "GET /product" });
  // some of them would have gone anyway
  expect(first?.attributable).toBeLessThan(driven);
  expect(first?.attributable).toBeGreaterThan(driven / 4);
});

test("that the first page of everybody is slow drives nobody away, though who goes on has seen others since", () => {
  const { answer } = browse((random, number) => ({ ms: number === 0 ? 900 : 60 + random.unit() * 40, drives: false }));

  expect(answer.findings).toEqual([]);
});
