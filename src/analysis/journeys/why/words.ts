// What is said of a loss.
import { FEW } from "../../statistics/proportion.ts";
import type { LossAnswer, LossFinding } from "./types.ts";

export function findingSentence(one: Omit<LossFinding, "sentence">): string {
  const where = one.where === null ? "" : ` (mostly ${one.where})`;
  const extra = `${(one.difference * 100).toFixed(0)} points more of those are lost than of others`;
  const range = `${one.interval.map((end) => Math.round(Math.max(0, end))).join(" to ")}`;
  return `${one.event}: ${one.what} met ${Math.round(one.exposed)}${where}; ${extra}, which is ${Math.round(one.attributable)} lost journeys (${range})`;
}

export function lossVerdict(
  { lost, findings, state, segments, change }: Omit<LossAnswer, "verdict">,
  steps: readonly string[],
): string {
  const after = `after ${steps[lost.step - 1]}`;
  if (state === "not-enough-data") return `${lost.entered} came this far: too few to say why, ${FEW} are the least`;
  if (findings.length > 0) {
    const because = findings.map(({ attributable, what, event, where }) => {
      const share = Math.round((100 * attributable) / lost.visitors);
      return `${Math.round(attributable)} of them (${share} %) because of ${what} at ${event}${where === null ? "" : `, ${where}`}`;
    });
    return `${lost.visitors} of ${lost.entered} are lost ${after}: ${because.join("; ")}`;
  }
  if (state === "not-technical") {
    const most = Math.max(1, Math.ceil(100 * (lost.technicalAtMost ?? 0)));
    const rest = segments[0]
      ? `; more are lost with ${segments[0].what}`
      : change
        ? `; the loss changed at ${change.at}`
        : "";
    return `${lost.visitors} of ${lost.entered} are lost ${after}, not for a technical reason: at most ${most} % of it can be one${rest}`;
  }
  const needed = lost.moreNeeded === null ? "" : `; about ${lost.moreNeeded} more visitors are needed to tell`;
  return `${lost.visitors} of ${lost.entered} are lost ${after}; whether the reason is technical is undetermined${needed}`;
}

/** Where most are lost may be cleared while nobody can tell yet of another step: "not technical" alone would be taken for all. */
export function openElsewhere(best: LossAnswer, answers: readonly LossAnswer[], steps: readonly string[]): string {
  if (best.state !== "not-technical") return "";
  const open = answers
    .filter(({ state }) => state === "undetermined")
    .sort((a, b) => b.lost.visitors - a.lost.visitors)[0];
  if (!open) return "";
  const { step, lost } = open;
  return `; but after ${steps[step - 1]} ${lost.visitors} of ${lost.entered} are lost, and nobody can say yet why (step ${step})`;
}
