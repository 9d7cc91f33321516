// The demo's causes of lost purchases, in the running shop: whether `funnel why purchase` says what demo/answers.yaml has.
import { mkdirSync, writeFileSync } from "node:fs";
import type { LossAnswer } from "../../../src/api/types.ts";
import { systemClock } from "../../../src/base/clock.ts";
import type { Section, SuiteOptions } from "../../suite.ts";
import { startDemo } from "../../support/demo.ts";
import { type Case, fileOf, HEAD, JOURNEY, judged, lineOf, type Question, readAnswers, storeOf } from "./case.ts";
import { figuresOf, type Scored } from "./figures.ts";

/** Each cause has a shop of its own. What fails while a busy machine starts it is not asked about … */
const SETTLE_S = { full: 60, quick: 40 };
/** … but from here on, and so long nothing is wrong. */
const CALM_S = { full: 240, quick: 150 };
/** It is asked at these times after the cause is there; by the last answer it is judged. */
const ASKED_AT_S = { full: [60, 90, 120, 150, 300], quick: [60, 90, 120, 150] };
const SEEDS = { full: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], quick: [1] };

export const live: Section = {
  name: "live",
  about:
    "the demo's causes of lost purchases in the running demo, ten minutes each: --cases slow-bank,nothing --seeds 2",
  run,
};

async function run({ isQuick, say, cases, seeds, keep }: SuiteOptions) {
  const pace = isQuick ? "quick" : "full";
  const answers = readAnswers();
  const wanted = cases ?? Object.keys(answers);
  const unknown = wanted.filter((name) => !(name in answers));
  if (unknown.length > 0) throw new Error(`demo/answers.yaml has no answer for ${unknown.join(", ")}`);
  if (keep) mkdirSync(keep, { recursive: true });

  const scored: Scored[] = [];
  say(HEAD);
  for (const seed of seeds ?? SEEDS[pace]) {
    for (const cause of wanted) {
      try {
        const one = await seen(cause, seed, pace, keep);
        const verdicts = judged(one, answers);
        say(lineOf(one, verdicts));
        scored.push({ one, verdicts, expected: answers[cause]! });
      } catch (error) {
        say(`${cause} ${seed}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  return figuresOf("live", scored);
}

async function seen(cause: string, seed: number, pace: "full" | "quick", keep: string | undefined): Promise<Case> {
  const demo = await startDemo();
  try {
    const missing = (await demo.faults()).find(({ name }) => name === cause)?.missing ?? ["the demo has no such fault"];
    if (missing.length > 0) throw new Error(`not here: ${missing.join("; ")}`);
    await systemClock.sleep(1000 * SETTLE_S[pace]);
    const from = new Date(systemClock.nowUs() / 1000).toISOString();
    await systemClock.sleep(1000 * CALM_S[pace]);
    const calm = await demo.ask<LossAnswer>("funnel/why", { name: JOURNEY, from });
    const truth = await demo.inject(cause, seed);
    const thereMs = systemClock.monotonicMs();
    const questions: Question[] = [];
    for (const atS of ASKED_AT_S[pace]) {
      await systemClock.sleep(Math.max(0, thereMs + 1000 * atS - systemClock.monotonicMs()));
      const beganMs = systemClock.monotonicMs();
      const to = new Date(systemClock.nowUs() / 1000).toISOString();
      const answer = await demo.ask<LossAnswer>("funnel/why", { name: JOURNEY, from });
      const nowMs = systemClock.monotonicMs();
      questions.push({ atS: (nowMs - thereMs) / 1000, from, to, answer, tookMs: nowMs - beganMs });
    }
    const { declared } = await demo.ask<{ declared: { name: string; steps: string[] }[] }>("journeys", {});
    const steps = declared.find(({ name }) => name === JOURNEY)?.steps ?? [];
    const one = { cause, truth, steps, calm, questions };
    if (keep) {
      await demo.backUp(storeOf(keep, one));
      writeFileSync(fileOf(keep, one), JSON.stringify(one, undefined, 1));
    }
    return one;
  } finally {
    await demo.stop(); // nobody waits until all is as before
  }
}
