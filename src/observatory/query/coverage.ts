// What an answer does not show, and why: lost spans, a silent agent, a store that cannot be used.
import type { Clock } from "../../base/clock.ts";
import type { Coverage } from "../../model/figures.ts";
import type { Levels } from "../live/levels.ts";
import type { Losses, LossReason } from "../live/losses.ts";
import type { Store } from "../store/store.ts";
import type { Window } from "./figures.ts";

export type CoverageDeps = {
  readonly clock: Clock;
  readonly levels: Levels;
  readonly losses: Losses;
  readonly store: Pick<Store, "trouble">;
};

const SENTENCES: Record<LossReason, (spans: string) => string> = {
  ring: (spans) => `${spans} were lost in workers because the supervisor did not fetch them in time`,
  upload: (spans) => `${spans} were lost in the agent because the observatory could not be reached for too long`,
  rejected: (spans) => `${spans} were refused because their values were impossible`,
  memory: (spans) => `${spans} were forgotten because the store could not be written for too long`,
  store: (spans) => `the details of ${spans} were not stored because the store was too slow or could not be written`,
  stitch: (spans) => `whose calls ${spans} were was not looked for because there were too many at once`,
  sampled: (spans) => `${spans} are not kept one by one: there were too many, and a sample stands for them`,
};

/** Losses that make figures too small, and those that only take away details. */
const OF_FIGURES: readonly LossReason[] = ["ring", "upload", "rejected", "memory"];
const OF_DETAILS: readonly LossReason[] = ["ring", "upload", "rejected", "store", "stitch", "sampled"];

const SILENT_AFTER_US = 5e6;

export function coverage(
  { clock, levels, losses, store }: CoverageDeps,
  window: Window,
  counted: number,
  of: "figures" | "details",
): Coverage {
  // an agent tells of losses up to a few seconds later
  const lost = losses.within(window.fromUs, window.toUs + 2e6);
  const missing: string[] = [];
  let sum = 0;
  for (const reason of of === "figures" ? OF_FIGURES : OF_DETAILS) {
    const spans = lost[reason] ?? 0;
    if (spans === 0) continue;
    if (reason !== "stitch") sum += spans;
    missing.push(SENTENCES[reason](spans === 1 ? "1 exchange" : `${spans} exchanges`));
  }
  const nowUs = clock.nowUs();
  const sampledUs = levels.atUs();
  if (sampledUs === undefined) missing.push("no agent has reported yet");
  else if (nowUs - sampledUs > SILENT_AFTER_US && window.toUs > sampledUs) {
    missing.push(`the agent has not reported for ${Math.round((nowUs - sampledUs) / 1e6)} s`);
  }
  const trouble = store.trouble();
  if (trouble) missing.push(trouble);
  return { spans: counted + sum === 0 ? 1 : counted / (counted + sum), missing };
}

/** The search ended there. */
export function notBefore({ coverage }: { readonly coverage: Coverage }, cameFromUs: number): Coverage {
  const from = new Date(cameFromUs / 1e3).toISOString();
  const missing = `exchanges that came before ${from} were not looked at, to answer in time: ask about a window before it`;
  return { ...coverage, missing: [...coverage.missing, missing] };
}
