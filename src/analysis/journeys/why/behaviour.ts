// What else the loss goes with, when it is not technical: who is lost more often, and whether other people came than before.
import type { Attribute } from "../log.ts";
import { changeOf } from "./agreement.ts";
import type { AtRisk } from "./at-risk.ts";
import { type Course, changeAt } from "./deployed.ts";
import type { Exposure } from "./exposures.ts";
import { odds } from "./odds.ts";
import { type Weighed, weigh } from "./technical.ts";
import type { LossAnswer, LossSegment, MixShift } from "./types.ts";

const SHOWN = 5;
const SIGNIFICANT = 0.01;

export function segmentsOf(exposures: readonly Exposure[], risk: AtRisk): LossSegment[] {
  return weigh(exposures, risk, [], new Set())
    .filter(({ p, contrast }) => p < SIGNIFICANT && contrast.difference > 0 && contrast.exposed >= 30)
    .sort((a, b) => b.contrast.attributable - a.contrast.attributable)
    .slice(0, SHOWN)
    .map(segment);
}

function segment({ exposure, contrast, p }: Weighed): LossSegment {
  const { touch, what } = exposure;
  return {
    event: touch.event,
    what,
    cases: contrast.exposed,
    difference: contrast.difference,
    p,
    odds: odds(exposure),
  };
}

/** @param deployedMs when versions came: at these times less has to change than at one that nobody knew before */
export function changeOfLoss(
  risk: AtRisk,
  course: Course,
  attributes: readonly Attribute[],
  deployedMs: readonly number[],
): LossAnswer["change"] {
  const { order, lost } = course;
  const change = changeAt(course, deployedMs) ?? changeOf(lost);
  if (!change) return null;
  const earlier = order.slice(0, change.place);
  const later = order.slice(change.place);
  const mixes = attributes.map((attribute) => mixOf(attribute, risk, earlier, later, change.after - change.before));
  const best = mixes.sort((a, b) => b.explained - a.explained)[0];
  return {
    at: new Date(risk.startOf[later[0]!]!).toISOString(),
    ...{ before: change.before, after: change.after, mix: best && best.explained > 0.3 ? best : null },
  };
}

/** Kitagawa: the part of a change in a share that comes from other groups being more, and not from groups doing otherwise. */
function mixOf(
  { name, codes }: Attribute,
  risk: AtRisk,
  earlier: readonly number[],
  later: readonly number[],
  change: number,
): MixShift {
  const tally = (numbers: readonly number[]) => {
    const groups = new Map<number, { all: number; lost: number }>();
    for (const number of numbers) {
      const code = codes[risk.entryOf[number]!] as number;
      const group = groups.get(code) ?? { all: 0, lost: 0 };
      group.all++;
      group.lost += risk.isLost[number]!;
      groups.set(code, group);
    }
    return groups;
  };
  const [before, after] = [tally(earlier), tally(later)];
  if (before.size > 50) return { attribute: name, explained: 0 };
  let mix = 0;
  for (const code of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(code), after.get(code)];
    const rates = [old, now].filter((group) => group !== undefined).map(({ lost, all }) => lost / all);
    const rate = rates.reduce((sum, one) => sum + one, 0) / rates.length;
    mix += ((now?.all ?? 0) / later.length - (old?.all ?? 0) / earlier.length) * rate;
  }
  return { attribute: name, explained: Math.max(0, Math.min(1, mix / change)) };
}
