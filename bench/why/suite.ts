// How right the answers to "why" are, on incidents that are made from seeds and whose truth is known, beside simpler ways.
import { availableParallelism } from "node:os";
import { atLeast, atMost, type Figure, information, type Section, type Suite, type SuiteOptions } from "../suite.ts";
import { median } from "../support/median.ts";
import { BASELINES } from "./baselines.ts";
import type { Judged } from "./judge.ts";
import { again } from "./live/again.ts";
import { calm } from "./live/calm.ts";
import { live } from "./live/section.ts";
import { quiet } from "./quiet.ts";
import { speed } from "./speed.ts";

const CASES = { full: 2_000, quick: 60 };
const SEED_STEP = 7_919;
/** misses that are told one by one, the surest first */
const WORST = 10;

const simulated: Section = {
  name: "simulated",
  about: "incidents drawn from seeds: systems of 5 to 200 services, eleven kinds of fault, two at once, and none",
  run: simulate,
};

const silence: Section = {
  name: "quiet",
  about: "days in which nothing is wrong, with deployments, scaling and busy moments: incidents of 20 objectives",
  run: quiet,
};

async function simulate({ isQuick, say }: SuiteOptions): Promise<readonly Figure[]> {
  const wanted = isQuick ? CASES.quick : CASES.full;
  const all = await judgedOf(wanted, say);
  const faulty = all.filter(({ incident }) => !incident.isQuiet);
  const quiet = all.filter(({ incident }) => incident.isQuiet);
  const high = faulty.filter(({ isHigh }) => isHigh);
  const byFault = [
    ...Map.groupBy(faulty, ({ incident }) => (incident.fault.includes("+") ? "two at once" : incident.fault)),
  ];
  const bySize = [...Map.groupBy(faulty, ({ incident }) => incident.size)];
  const byPast = [...Map.groupBy(faulty, ({ incident: { wasBefore } }) => (wasBefore ? "was there before" : "is new"))];
  const byMetric = [...Map.groupBy(faulty, ({ metric }) => metric)];
  say(`${"".padEnd(30)}cases top-1 top-3 ${BASELINES.map(({ name }) => name).join(" | ")}`);
  for (const [name, those] of [...byFault.sort(), ...bySize, ...byPast, ...byMetric]) {
    const others = BASELINES.map((_, at) => share(those, ({ others }) => others[at] as boolean).toFixed(0));
    const [top1, top3] = [share(those, ({ isTop1 }) => isTop1), share(those, ({ isTop3 }) => isTop3)];
    say(
      `${name.padEnd(30)}${String(those.length).padStart(5)} ${top1.toFixed(0).padStart(5)} ${top3.toFixed(0).padStart(5)} ${others.join(" | ")}`,
    );
  }
  for (const one of worstOf(faulty)) say(`missed: ${textOf(one)}`);
  const macro = (is: (one: Judged) => boolean) =>
    byFault.reduce((sum, [, those]) => sum + share(those, is), 0) / byFault.length;
  const best = Math.max(...BASELINES.map((_, at) => macro(({ others }) => others[at] as boolean)));
  const lost = byFault.filter(([, those]) => BASELINES.some((_, at) => isBelow(those, at)));
  return [
    atLeast(
      "simulated: top-1",
      share(faulty, ({ isTop1 }) => isTop1),
      "%",
      { goal: 80 },
    ),
    atLeast(
      "simulated: top-3",
      share(faulty, ({ isTop3 }) => isTop3),
      "%",
      { goal: 95 },
    ),
    atLeast(
      "simulated: mean of the kinds of fault above the best other way",
      macro(({ isTop1 }) => isTop1) - best,
      "points",
      {
        goal: 15,
      },
    ),
    atMost("simulated: kinds of fault in which another way is better, 95 % paired", lost.length, "kinds", { goal: 0 }),
    atLeast(
      "simulated: quiet and said to be so",
      share(quiet, ({ isSilent }) => isSilent),
      "%",
      { goal: 95 },
    ),
    atLeast(
      "simulated: high confidence is right",
      share(high, ({ isTop1 }) => isTop1),
      "%",
      { goal: 95 },
    ),
    atLeast("simulated: high confidence is given", (100 * high.length) / faulty.length, "% of answers", { goal: 60 }),
    information("simulated: cases", all.length, "cases"),
    information("simulated: onset error, steps, median", onsetError(faulty, false), "samples"),
    information("simulated: onset error, ramps, median", onsetError(faulty, true), "samples"),
    information("simulated: CPU of an answer, median", median(all.map(({ cpuMs }) => cpuMs)), "ms"),
  ];
}

/** In processes of their own, because a case is a second of work. */
async function judgedOf(wanted: number, say: SuiteOptions["say"]): Promise<Judged[]> {
  const judged: Judged[] = [];
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(new URL("./case.worker.ts", import.meta.url).href),
  );
  let next = 1;
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve, reject) => {
          const ask = () => {
            if (judged.length >= wanted) {
              worker.terminate();
              return resolve();
            }
            worker.postMessage(SEED_STEP * next++);
          };
          worker.onerror = (event) => reject(new Error(event.message));
          worker.onmessage = ({ data }: MessageEvent<Judged | undefined>) => {
            if (data && judged.length < wanted) {
              judged.push(data);
              if (judged.length % 100 === 0) say(`${judged.length} of ${wanted} cases`);
            }
            ask();
          };
          ask();
        }),
    ),
  );
  return judged;
}

/** Said surely of somebody else, and the truth not among the first three; then those of which nothing was said. */
function worstOf(those: readonly Judged[]): readonly Judged[] {
  const missed = those.filter(({ isTop3 }) => !isTop3);
  const sureness = ({ isHigh, isSilent }: Judged) => (isSilent ? 0 : 1) + (isHigh ? 2 : 0);
  return missed.sort((a, b) => sureness(b) - sureness(a)).slice(0, WORST);
}

function textOf({ incident: { seed, fault, size }, metric, said, truth, isHigh }: Judged): string {
  const sure = isHigh ? "surely" : "unsurely";
  return `seed ${seed}, ${fault} at ${truth.slice(0, 3).join(" or ")}, ${size}, ${metric}: ${said ?? "nobody"}, ${sure}`;
}

function share(those: readonly Judged[], is: (one: Judged) => boolean): number {
  return those.length === 0 ? Number.NaN : (100 * those.filter(is).length) / those.length;
}

/** McNemar: the other way is right more often where the two differ, and not by chance. */
function isBelow(those: readonly Judged[], other: number): boolean {
  const wins = those.filter(({ isTop1, others }) => isTop1 && !others[other]).length;
  const losses = those.filter(({ isTop1, others }) => !isTop1 && others[other]).length;
  return losses > wins && (losses - wins - 1) ** 2 / (losses + wins) > 3.84;
}

function onsetError(those: readonly Judged[], isRamp: boolean): number {
  const errors = those
    .filter((one) => one.incident.isRamp === isRamp && one.isTop1)
    .map(({ onsetError }) => onsetError);
  return median(errors.filter((error) => !Number.isNaN(error)));
}

export const why: Suite = {
  name: "why",
  about: "answers to why a service is slow or fails, on incidents whose cause is known",
  sections: [simulated, live, again, calm, silence, speed],
};
