// What was asked of one cause in the running demo, and what came of it: as it is kept, and as it is told.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Truth } from "../../../demo/faults/injector.ts";
import type { LossAnswer } from "../../../src/api/types.ts";
import { type Expected, judge, type Verdict } from "./judge.ts";

/** the demo's published service */
const ENTRY = "web";
export const JOURNEY = "purchase";

export type Question = {
  /** s after the cause was there */
  readonly atS: number;
  /** what it was asked about, up to when it was asked */
  readonly from: string;
  readonly to: string;
  readonly answer: LossAnswer;
  readonly tookMs: number;
};

export type Case = {
  readonly cause: string;
  readonly truth: Truth;
  /** of the journey */
  readonly steps: readonly string[];
  /** before the cause was there */
  readonly calm: LossAnswer;
  readonly questions: readonly Question[];
};

export function readAnswers(): Readonly<Record<string, Expected>> {
  const file = join(import.meta.dir, "..", "..", "..", "demo", "answers.yaml");
  return (parse(readFileSync(file, "utf8")) as { answers: Record<string, Expected> }).answers;
}

export function judged({ cause, questions }: Case, answers: Readonly<Record<string, Expected>>): Verdict[] {
  const expected = answers[cause];
  if (!expected) throw new Error(`demo/answers.yaml has no answer for ${cause}`);
  return questions.map(({ answer }) => judge(expected, answer, ENTRY));
}

/** s to the first answer that was right and stayed so; undefined: the last one was not */
export function rightAfterS(
  questions: readonly Pick<Question, "atS">[],
  verdicts: readonly Pick<Verdict, "isRight">[],
): number | undefined {
  const lastWrong = verdicts.findLastIndex(({ isRight }) => !isRight);
  return questions[lastWrong + 1]?.atS;
}

export const HEAD =
  "cause, seed | right in state, step, what is said, service after each time | right after s, ms of an answer | what was said last";

export function lineOf(one: Case, verdicts: readonly Verdict[]): string {
  const yes = (is: boolean) => (is ? "+" : "-");
  const parts = verdicts.map(
    ({ isState, isStep, isSaid, isService }, at) =>
      `${one.questions[at]?.atS.toFixed(0)} s ${[isState, isStep, isSaid, isService].map(yes).join("")}`,
  );
  const last = one.questions.at(-1);
  return [
    `${one.cause}, ${one.truth.seed}`,
    parts.join(" "),
    `${rightAfterS(one.questions, verdicts)?.toFixed(0) ?? "–"} ${last?.tookMs.toFixed(0)}`,
    `(step ${last?.answer.step}, ${last?.answer.state}) ${last?.answer.verdict}${last?.answer.why ? ` → ${last.answer.why.verdict}` : ""}`,
    ...(isCalm(one) ? [] : [`before, a cause was named as well: ${one.calm.verdict}`]),
  ].join(" | ");
}

/** Else either an answer was false, or the shop was not well before the cause was there. */
export function isCalm({ calm }: Case): boolean {
  return calm.findings.length === 0;
}

const STORE = ".duckdb";

export function fileOf(folder: string, { cause, truth: { seed } }: Pick<Case, "cause" | "truth">): string {
  return join(folder, `${cause}-${seed}.json`);
}

/** what the observatory had stored by then */
export function storeOf(folder: string, one: Pick<Case, "cause" | "truth">): string {
  return fileOf(folder, one).replace(/\.json$/, STORE);
}
