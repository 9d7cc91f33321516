// The demo's faults, made in the running shop: whether `why` finds them, and how soon.
import { mkdirSync, writeFileSync } from "node:fs";
import type { WhyAnswer } from "../../../src/api/types.ts";
import { systemClock } from "../../../src/base/clock.ts";
import type { Section, SuiteOptions } from "../../suite.ts";
import { type Demo, startDemo } from "../../support/demo.ts";
import { type Asked, figuresOf, fileOf, HEAD, lineOf, symptomOf, WINDOW } from "./case.ts";
import { feltOf } from "./felt.ts";
import { judge } from "./judge.ts";

/** It is asked at these times after the fault is there; by the last answer it is judged. */
const ASKED_AT_S = [20, 40, 60];
/** until queues are empty, and then as long as the baseline */
const SETTLE_S = 20;
const BASELINE_S = 110; // and what the injector takes until it begins
/** until what was asked last is stitched and stored */
const STORED_S = 15;
const SEEDS = { full: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], quick: [1] };

export const live: Section = {
  name: "live",
  about: "the demo's faults in the running demo, four minutes each: --cases packet-loss,nothing --seeds 2",
  run,
};

async function run({ isQuick, say, cases, seeds = isQuick ? SEEDS.quick : SEEDS.full, keep }: SuiteOptions) {
  const demo = await startDemo();
  const known = await demo.faults();
  const unknown = cases?.filter((name) => !known.some((one) => one.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`the demo has no fault ${unknown.join(", ")}`);
  // in the order in which they were asked for
  const wanted = cases?.flatMap((name) => known.filter((one) => one.name === name)) ?? known;
  for (const { name, missing } of wanted) if (missing.length > 0) say(`${name}: not here: ${missing.join("; ")}`);
  const here = wanted.filter(({ missing }) => missing.length === 0);

  const asked: Asked[] = [];
  say(HEAD);
  for (const seed of seeds) {
    for (const { name } of here) {
      await systemClock.sleep(1000 * (SETTLE_S + BASELINE_S));
      try {
        const one = await ask(demo, name, seed);
        asked.push(one);
        say(lineOf(one));
        if (!keep) continue;
        mkdirSync(keep, { recursive: true });
        writeFileSync(fileOf(keep, one, "json"), JSON.stringify(one, undefined, 1));
        await systemClock.sleep(1000 * STORED_S);
        await demo.backUp(fileOf(keep, one, "duckdb"));
      } catch (error) {
        say(`${name} ${seed}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  return figuresOf(asked, "live");
}

async function ask(demo: Demo, fault: string, seed: number): Promise<Asked> {
  const truth = await demo.inject(fault, seed);
  const thereMs = Date.now();
  const query = { ...WINDOW, ...symptomOf(truth) };
  try {
    let rightAfterS: number | undefined;
    let answer: WhyAnswer | undefined;
    let tookMs = 0;
    for (const atS of ASKED_AT_S) {
      await systemClock.sleep(Math.max(0, thereMs + 1000 * atS - Date.now()));
      const beganMs = performance.now();
      answer = await demo.ask<WhyAnswer>("why", query);
      tookMs = performance.now() - beganMs;
      if (!judge(truth, answer).isTop1) rightAfterS = undefined;
      else rightAfterS ??= (Date.now() - thereMs) / 1000;
    }
    if (!answer) throw new Error("nothing was asked");
    const to = new Date(systemClock.nowUs() / 1000).toISOString();
    const open = await demo.ask<WhyAnswer>("why", WINDOW);
    const felt = await feltOf(demo.ask, truth, to);
    return {
      fault,
      truth,
      to,
      answer,
      open,
      unasked: judge(truth, open),
      ...{ tookMs, ...felt },
      ...judge(truth, answer),
      ...(rightAfterS && { rightAfterS }),
    };
  } finally {
    await demo.heal();
  }
}
