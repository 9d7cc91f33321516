// What `live` kept, asked of the method as it is now: the same minutes, as an observatory knows them that was started anew.
import type { WhyAnswer } from "../../../src/api/types.ts";
import { systemClock } from "../../../src/base/clock.ts";
import type { Section, SuiteOptions } from "../../suite.ts";
import { openKept, readKept } from "../../support/kept.ts";
import { type Asked, figuresOf, fileOf, HEAD, lineOf, symptomOf, WINDOW, WINDOW_S } from "./case.ts";
import { feltOf } from "./felt.ts";
import { judge } from "./judge.ts";

export const again: Section = {
  name: "again",
  about: "what live kept, asked of the method as it is now: --keep <folder>; without one nothing",
  run,
};

async function run({ say, cases, keep }: SuiteOptions) {
  if (!keep) return [];
  const kept = readKept<Asked>(keep, ({ fault }) => fault, cases);
  const asked: Asked[] = [];
  say(HEAD);
  for (const one of kept) {
    asked.push(await askAgain(one, fileOf(keep, one, "duckdb")));
    say(lineOf(asked.at(-1)!));
  }
  return figuresOf(asked, "again");
}

/** How soon the right answer came is known of the first time alone. */
async function askAgain(one: Asked, store: string): Promise<Asked> {
  const { truth, to } = one;
  const kept = await openKept(store, Date.parse(to));
  const from = new Date(Date.parse(to) - 1000 * WINDOW_S).toISOString();
  const stretch = { from, to, baseline: WINDOW.baseline };
  try {
    const beganMs = systemClock.monotonicMs();
    const answer = await kept.ask<WhyAnswer>("why", { ...stretch, ...symptomOf(truth) });
    const tookMs = systemClock.monotonicMs() - beganMs;
    const open = await kept.ask<WhyAnswer>("why", stretch);
    const { fault, rightAfterS } = one;
    const before = { fault, truth, to, ...(rightAfterS && { rightAfterS }) };
    const felt = await feltOf(kept.ask, truth, to);
    return { ...before, ...felt, answer, open, unasked: judge(truth, open), tookMs, ...judge(truth, answer) };
  } finally {
    await kept.close();
  }
}
