// The demo's faults, made in the running shop: whether `why` finds them, and how soon.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Truth } from "../../../demo/faults/injector.ts";
import type { WhyAnswer } from "../../../src/api/types.ts";
import { systemClock } from "../../../src/base/clock.ts";
import { atLeast, atMost, type Figure, information, type Section, type SuiteOptions } from "../../suite.ts";
import { type Demo, startDemo } from "../../support/demo.ts";
import { median } from "../../support/median.ts";
import { judge, type Verdict } from "./judge.ts";

/** It is asked at these times after the fault is there; by the last answer it is judged. */
const ASKED_AT_S = [20, 40, 60];
/** Who asks does not know when it began. */
const WINDOW = { since: "70s", baseline: "2m" };
/** until queues are empty, and then as long as the baseline */
const SETTLE_S = 20;
const BASELINE_S = 110; // and what the injector takes until it begins
const SEEDS = { full: 10, quick: 1 };

type Asked = Verdict & {
  readonly fault: string;
  readonly truth: Truth;
  readonly answer: WhyAnswer;
  /** to `meshwise why` alone, at the same time */
  readonly open: WhyAnswer;
  readonly unasked: Verdict;
  /** s from when it was there to the first answer with the right service that stayed right; absent: none did */
  readonly rightAfterS?: number;
  readonly tookMs: number;
};

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
  for (let seed = 1; seed <= seeds; seed++) {
    for (const { name } of here) {
      await systemClock.sleep(1000 * (SETTLE_S + BASELINE_S));
      try {
        const one = await ask(demo, name, seed);
        asked.push(one);
        say(lineOf(one));
        if (keep) write(keep, one);
      } catch (error) {
        say(`${name} ${seed}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  return figuresOf(asked);
}

async function ask(demo: Demo, fault: string, seed: number): Promise<Asked> {
  const truth = await demo.inject(fault, seed);
  const thereMs = Date.now();
  const symptom = truth.symptom ?? { service: "", metric: undefined };
  const query = {
    ...WINDOW,
    ...(symptom.service && { service: symptom.service }),
    ...(symptom.metric && { metric: symptom.metric }),
  };
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
    const open = await demo.ask<WhyAnswer>("why", WINDOW);
    return {
      fault,
      truth,
      answer,
      open,
      unasked: judge(truth, open),
      tookMs,
      ...judge(truth, answer),
      ...(rightAfterS && { rightAfterS }),
    };
  } finally {
    await demo.heal();
  }
}

const HEAD =
  "fault, seed: the truth → what was said | top-1, top-3, exact, class; asked nothing in particular | onset error s, right after s, confidence, state, ms of an answer";

function lineOf({ fault, truth, answer, unasked, rightAfterS, tookMs, ...verdict }: Asked): string {
  const yes = (is: boolean) => (is ? "+" : "-");
  const named = ({ service, workload, version, route }: WhyAnswer["findings"][number]["subject"]) =>
    [workload ?? service, version, route].filter(Boolean).join(" ");
  const causes = truth.causes.map(({ subject, classes }) => `${named(subject as never)} (${classes.join("/")})`);
  const said = answer.findings.slice(0, 3).map((one) => `${named(one.subject)} (${one.class})`);
  return [
    `${fault}, ${truth.seed}: ${causes.join(" + ") || "nothing"} → ${said.join(", ") || "nothing"}`,
    `${[verdict.isTop1, verdict.isTop3, verdict.isExact, verdict.isClass].map(yes).join("")} ${yes(unasked.isTop1)}`,
    `${verdict.onsetErrorS?.toFixed(1) ?? "–"} ${rightAfterS?.toFixed(0) ?? "–"} ${answer.confidence} ${answer.state} ${tookMs.toFixed(0)}`,
  ].join(" | ");
}

function write(folder: string, { fault, truth, ...rest }: Asked): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${fault}-${truth.seed}.json`), JSON.stringify({ fault, truth, ...rest }, undefined, 1));
}

function figuresOf(asked: readonly Asked[]): Figure[] {
  const faulty = asked.filter(({ truth }) => truth.causes.length > 0);
  const quiet = asked.filter(({ truth }) => truth.causes.length === 0);
  const high = faulty.filter(({ answer }) => answer.confidence === "high");
  const percent = (those: readonly Asked[], is: (one: Asked) => boolean) =>
    those.length === 0 ? Number.NaN : (100 * those.filter(is).length) / those.length;
  const middle = (of: (one: Asked) => number | undefined) =>
    median(faulty.map(of).filter((value): value is number => value !== undefined));
  const top1 = (one: Asked) => one.isTop1;
  return [
    atLeast("live: top-1", percent(faulty, top1), "%", { goal: 90 }),
    information(
      "live: top-3",
      percent(faulty, (one) => one.isTop3),
      "%",
    ),
    information(
      "live: top-1 with its workload, version or route",
      percent(faulty, (one) => one.isExact),
      "%",
    ),
    information(
      "live: top-1, asked nothing in particular",
      percent(faulty, ({ unasked }) => unasked.isTop1),
      "%",
    ),
    atLeast(
      "live: class",
      percent(faulty, (one) => one.isClass),
      "%",
      { goal: 90 },
    ),
    atMost(
      "live: onset error, median",
      middle((one) => one.onsetErrorS),
      "s",
      { goal: 10 },
    ),
    atMost(
      "live: right answer after, median",
      middle((one) => one.rightAfterS),
      "s",
      { goal: 60 },
    ),
    atLeast("live: high confidence is right", percent(high, top1), "%", { goal: 95 }),
    atLeast(
      "live: high confidence is given",
      percent(faulty, ({ answer }) => answer.confidence === "high"),
      "% of answers",
      { goal: 60 },
    ),
    atMost(
      "live: false findings when nothing is wrong",
      quiet.filter((one) => !one.isTop1 || !one.unasked.isTop1).length,
      "cases",
      { goal: 0 },
    ),
    information(
      "live: time of an answer, median",
      middle((one) => one.tookMs),
      "ms",
    ),
    information("live: cases", asked.length, "cases"),
  ];
}
