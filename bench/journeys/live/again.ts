// What `live` kept, asked again of the method as it is now: the same minutes, as an observatory knows them that was started anew.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { apiApp } from "../../../src/api/app.ts";
import { PREFIX } from "../../../src/api/question.ts";
import type { LossAnswer } from "../../../src/api/types.ts";
import { type Clock, systemClock } from "../../../src/base/clock.ts";
import {
  DEFAULT_MEMORY_LIMIT_MB,
  DEFAULT_RETENTION,
  type Observatory,
  openObservatory,
} from "../../../src/observatory/observatory.ts";
import type { Section, SuiteOptions } from "../../suite.ts";
import { temporaryFolder } from "../../support/children.ts";
import { type Case, HEAD, judged, lineOf, type Question, readAnswers, readCases, storeOf } from "./case.ts";
import { figuresOf, type Scored } from "./figures.ts";

const SQL_PROGRAM = join(import.meta.dir, "..", "..", "..", "src", "main", "sql.ts");

export const again: Section = {
  name: "again",
  about: "what live kept, asked of the method as it is now: --keep <folder>; without one nothing",
  run,
};

async function run({ say, cases, keep }: SuiteOptions) {
  if (!keep) return [];
  const answers = readAnswers();
  const kept = readCases(keep).filter(({ cause }) => cases?.includes(cause) ?? true);
  if (kept.length === 0) throw new Error(`${keep} has no such case`);
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
  const directory = temporaryFolder();
  cpSync(store, join(directory, "telemetry.duckdb"));
  const clock = clockAt(Date.parse(one.questions.at(-1)!.to));
  const observatory = await openObservatory(
    { clock, log: () => {} },
    {
      ...{ directory, logs: join(directory, "logs"), sqlProgram: SQL_PROGRAM },
      ...{ retention: DEFAULT_RETENTION, memoryLimitMb: DEFAULT_MEMORY_LIMIT_MB },
    },
  );
  try {
    const questions: Question[] = [];
    for (const question of one.questions) questions.push(await ask(observatory, clock, one, question));
    return { ...one, questions };
  } finally {
    await observatory.close();
  }
}

async function ask(observatory: Observatory, clock: Clock, { steps }: Case, question: Question): Promise<Question> {
  const { from, to } = question;
  const query = new URLSearchParams({ steps: steps.join(" > "), from, to });
  const beganMs = clock.monotonicMs();
  const response = await apiApp({ clock, observatory }).request(`${PREFIX}/funnel/why?${query}`);
  if (!response.ok) throw new Error(await response.text());
  const answer = (await response.json()) as LossAnswer;
  return { ...question, answer, tookMs: clock.monotonicMs() - beganMs };
}

/** it goes on from then */
function clockAt(ms: number): Clock {
  const aheadUs = ms * 1000 - systemClock.nowUs();
  return { ...systemClock, nowUs: () => systemClock.nowUs() + aheadUs };
}
