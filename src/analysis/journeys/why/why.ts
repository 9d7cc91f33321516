// Why visitors are lost after a step: a technical cause with what it explains, or that there is none, or that nobody can say yet.
import type { Random } from "../../../base/random.ts";
import { FEW } from "../../statistics/proportion.ts";
import { compileFunnel, type FunnelDefinition } from "../funnel/definition.ts";
import type { Attribute, EventLog } from "../log.ts";
import { withTriesApart } from "../tries.ts";
import { atRisk } from "./at-risk.ts";
import { changeOfLoss, segmentsOf } from "./behaviour.ts";
import { courseOf, riseSince } from "./deployed.ts";
import { exposuresOf, lostUnexamined } from "./exposures.ts";
import { odds } from "./odds.ts";
import { type Roles, rolesOf } from "./roles.ts";
import { type Accepted, explanations, technicalBound } from "./technical.ts";
import type { LossAnswer, LossFinding } from "./types.ts";
import { whereOf } from "./where.ts";
import { findingSentence, lossVerdict, openElsewhere } from "./words.ts";

/** Of the loss; what may be technical beyond it cannot be called not technical. */
const NEGLIGIBLE = 0.1;
/** An interval that must become narrower than by this factor is nothing to wait for. */
const MOST_NARROWED = 10;
/** A finding that explains less of the loss than this explains a part of it. */
const MOST_OF_IT = 0.5;

/** @param step from 1, after which they are lost; undefined: where most is lost for a technical reason, or else where more are
 *  lost than were before, or else where most are
 *  @param deployedMs when versions came, of whichever service; ms since 1970 */
export function lossOf(
  log: EventLog,
  definition: FunnelDefinition,
  step: number | undefined,
  random: Random,
  deployedMs: readonly number[] = [],
): LossAnswer | { readonly wrong: string } {
  const roles = rolesOf(log);
  const marked = withTriesApart(log, roles.undone);
  const compiled = compileFunnel(marked, definition);
  if ("wrong" in compiled) return compiled;
  if (definition.order === "any") return { wrong: "in any order has no step after which somebody is lost" };
  const steps = definition.steps.slice(1).map((_, at) => at + 1);
  if (step !== undefined && !steps.includes(step)) return { wrong: `has no step ${step} that another follows` };
  const answers = (step === undefined ? steps : [step]).map((one) =>
    lossAfter(log, marked, roles, definition, one, random, deployedMs),
  );
  const weight = ({ findings, lost, change }: LossAnswer) => {
    if (findings.length > 0) return 1e12 + lost.attributable;
    return (change && change.after > change.before ? 1e9 : 0) + lost.visitors;
  };
  const best = answers.reduce((found, one) => (weight(one) > weight(found) ? one : found));
  return { ...best, verdict: best.verdict + openElsewhere(best, answers, definition.steps) };
}

function lossAfter(
  log: EventLog,
  marked: EventLog,
  roles: Roles,
  definition: FunnelDefinition,
  step: number,
  random: Random,
  deployedMs: readonly number[],
): LossAnswer {
  const risk = atRisk(log, marked, definition, step);
  const covariates = visitorAttributes(risk.touches, roles.others);
  const exposures = risk.touches.flatMap((touch) => exposuresOf(roles, touch));
  const technical = exposures.filter(({ kind }) => kind !== "segment");
  const accepted = explanations(technical, risk, covariates, random);
  const course = courseOf(risk);
  const change = changeOfLoss(risk, course, roles.others, deployedMs);
  const rise = riseSince(course, deployedMs);
  const bound = roles.status && roles.latency ? technicalBound(technical, risk, covariates, rise) : undefined;
  // What replaced another at once, and after which no fewer are lost, may be the reason, whoever came meanwhile.
  const isBounded = bound !== undefined && (bound.isWhole || (change !== null && change.after < change.before));

  // the first may have been chosen while the cases of both were still the second's
  const inOrder = accepted.toSorted((a, b) => b.contrast.attributable - a.contrast.attributable);
  const findings = inOrder.map((one, at) => finding(one, at + 1, roles));
  const attributable = findings.reduce((sum, one) => sum + one.attributable, 0);
  const interval = sumOfIntervals(findings);
  const isEnough = risk.entered >= FEW && risk.lost > 0;
  const unexamined = risk.touches.reduce((sum, touch) => sum + lostUnexamined(roles, touch), 0);
  const technicalAtMost = isBounded && risk.lost > 0 ? Math.min(1, (bound.upper + unexamined) / risk.lost) : null;
  const because: LossAnswer["lost"]["because"] =
    findings.length > 0 ? "finding" : isNegligible(technicalAtMost) ? "not-technical" : "undetermined";
  const answer: Omit<LossAnswer, "verdict"> = {
    schema: "meshwise.dev/answer/v1",
    question: `why are visitors lost after ${definition.steps[step - 1]}`,
    step,
    state: stateOf(isEnough, because, attributable / Math.max(1, risk.lost)),
    lost: {
      ...{ step, entered: risk.entered, visitors: risk.lost, attributable, interval, because, technicalAtMost },
      moreNeeded:
        because === "undetermined" && isBounded && isEnough ? moreNeeded(bound, risk.lost, risk.entered) : null,
    },
    findings,
    segments: segmentsOf(
      exposures.filter(({ kind }) => kind === "segment"),
      risk,
    ),
    change,
    assumptions: [
      ...assumptions(roles, covariates),
      ...(bound && !isBounded
        ? ["a version or place replaced another at once, so nothing of the same time tells what it does"]
        : []),
      ...(rise.spread > 0
        ? ["a version came: what it may have broken unseen is bounded by before and after alone"]
        : []),
    ],
  };
  return { ...answer, verdict: lossVerdict(answer, definition.steps) };
}

function isNegligible(share: number | null): boolean {
  return share !== null && share < NEGLIGIBLE;
}

function stateOf(isEnough: boolean, because: LossAnswer["lost"]["because"], share: number): LossAnswer["state"] {
  if (!isEnough) return "not-enough-data";
  if (because !== "finding") return because;
  return share >= MOST_OF_IT ? "explained" : "partly";
}

/** More visitors narrow the interval by the root of how many. */
function moreNeeded(
  { estimate, spread }: { estimate: number; spread: number },
  lost: number,
  entered: number,
): number | null {
  const room = Math.abs(NEGLIGIBLE * lost - estimate);
  if (spread === 0 || spread > MOST_NARROWED * room) return null;
  return Math.ceil(entered * Math.max(0.1, (spread / room) ** 2 - 1));
}

/** What does not change from one request of a visitor to the next says who he is. */
function visitorAttributes(
  touches: readonly { places: readonly number[]; cases: readonly number[] }[],
  others: readonly Attribute[],
) {
  return others.filter(({ codes }) => {
    const ofCase = new Map<number, number>();
    let changes = 0;
    let looks = 0;
    for (const { places, cases } of touches) {
      for (const [index, place] of places.entries()) {
        const known = ofCase.get(cases[index]!);
        const code = codes[place] as number;
        if (known === undefined) ofCase.set(cases[index]!, code);
        else {
          looks++;
          if (known !== code) changes++;
        }
      }
    }
    return looks > 0 && changes <= 0.01 * looks;
  });
}

function finding(one: Accepted, rank: number, { technical }: Roles): LossFinding {
  const { exposure, contrast, p, onset, dose } = one;
  const { touch, what, kind } = exposure;
  const made = {
    ...{ rank, class: kind as LossFinding["class"], event: touch.event, what, where: whereOf(one, technical) },
    ...{ exposed: contrast.exposed, difference: contrast.difference, p },
    ...{ attributable: contrast.attributable, interval: contrast.interval },
    comparisons: { exposure: "agrees" as const, onset: onset.agreement, dose },
    since: onset.at === undefined ? null : new Date(onset.at).toISOString(),
    odds: odds(exposure),
  };
  return { ...made, sentence: findingSentence(made) };
}

/** The cases are different ones, so their errors are independent. */
function sumOfIntervals(findings: readonly LossFinding[]): [number, number] {
  const sum = findings.reduce((total, { attributable }) => total + attributable, 0);
  const side = (end: 0 | 1) =>
    Math.hypot(...findings.map(({ interval, attributable }) => interval[end] - attributable));
  return [sum - side(0), sum + side(1)];
}

function assumptions({ status, latency, technical }: Roles, covariates: readonly Attribute[]): string[] {
  return [
    "a request that failed is a try, and no step that was reached",
    covariates.length > 0
      ? `compared are visitors alike in ${covariates
          .map(({ name }) => name)
          .slice(0, 3)
          .join(", ")}`
      : "no attribute tells what visitors are like, so they are taken to be alike",
    ...(status ? [] : ["the events have no status, so failures are not seen"]),
    ...(latency ? [] : ["the events have no latency, so slowness is not seen"]),
    ...(technical.length > 0 ? [] : ["the events have no version or place, so none can be named"]),
  ];
}
