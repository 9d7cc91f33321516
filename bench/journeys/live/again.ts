// What `live` kept, asked again of the method as it is now: the same minutes, as an observatory knows them that was started anew.
import type { LossAnswer } from "../../../src/api/types.ts";
import { systemClock } from "../../../src/base/clock.ts";
import type { Section, SuiteOptions } from "../../suite.ts";
import { type Kept, openKept, readKept } from "../../support/kept.ts";
import { type Case, HEAD, judged, lineOf, type Question, readAnswers, storeOf } from "./case.ts";
import { figuresOf, type Scored } from "./figures.ts";

export const again: Section = {
  name: "again",
  about: "what live kept, asked of the method as it is now: --keep <folder>; without one nothing",
  run,
};

async function run({ say, cases, keep }: SuiteOptions) {
  if (!keep) return [];
  const answers = readAnswers();
  const kept = readKept<Case>(keep, ({ cause }) => cause, cases);
  const scored: Scored[] = [];
  say(HEAD);
  for (const one of kept) {
    const now = await askedAgain(one, storeOf(keep, one));
    const verdicts = judged(now, answers);
    say(lineOf(now, verdicts));
    scored.push({ one: now, verdicts, expected: answers[one.cause]! });
  }
  return figuresOf("again", scored);
}

/** The store has what was known at the last question: of earlier ones also what came in a little later. */
async function askedAgain(one: Case, store: string): Promise<Case> {
  const kept = await openKept(store, Date.parse(one.questions.at(-1)!.to));
  try {
    const [{ from }] = one.questions as [Question];
    const { answer: calm } = await ask(kept, one, { from, to: one.truth.onset.from });
    const questions: Question[] = [];
    for (const question of one.questions) questions.push({ ...question, ...(await ask(kept, one, question)) });
    return { ...one, calm, questions };
  } finally {
    await kept.close();
  }
}

async function ask(
  kept: Kept,
  { steps }: Case,
  { from, to }: Pick<Question, "from" | "to">,
): Promise<Pick<Question, "answer" | "tookMs">> {
  const beganMs = systemClock.monotonicMs();
  const answer = await kept.ask<LossAnswer>("funnel/why", { steps: steps.join(" > "), from, to });
  return { answer, tookMs: systemClock.monotonicMs() - beganMs };
}
