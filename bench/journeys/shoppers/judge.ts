// One world, what is found in it, and what is true.

import type { FunnelDefinition } from "../../../src/analysis/journeys/funnel/definition.ts";
import { besideDeployments, type MarkedChange } from "../../../src/analysis/journeys/visits/answers.ts";
import { lossOf } from "../../../src/analysis/journeys/why/why.ts";
import { seededRandom } from "../../../src/base/random.ts";
import type { Fault } from "./faults.ts";
import { type Named, plainScore } from "./plain-score.ts";
import { ONSET_MS, STEPS, simulate } from "./world.ts";

export type Judged = {
  /** of the answer that is given: of the step with the largest technical loss, or else of the step that is asked about */
  readonly state: string;
  readonly isTechnical: boolean;
  readonly isStepRight: boolean;
  readonly isCauseRight: boolean;
  readonly isPlainRight: boolean;
  /** lost journeys that would not have been lost without the fault; 0 when it is not technical */
  readonly trueLoss: number;
  readonly found: number;
  readonly interval: readonly [number, number];
};

function deployment(service: string): MarkedChange {
  const time = new Date(ONSET_MS).toISOString();
  return { time, kind: "deployment", namespace: "", service, workload: "", version: "2", text: "" };
}

export const DEFINITION: FunnelDefinition = {
  ...{
    steps: STEPS,
    unit: "session",
    order: "ordered",
    windowMs: Number.POSITIVE_INFINITY,
    exclusions: [],
    reentry: "once",
  },
};

export function judge(fault: Fault, perHour: number, seed: number): Judged {
  const world = simulate(fault, true, perHour, seed);
  const without = simulate(fault, false, perHour, seed);
  const answers = STEPS.slice(1).map((_, at) => {
    const answer = lossOf(world.log, DEFINITION, at + 1, seededRandom(seed));
    if ("wrong" in answer) throw new Error(answer.wrong);
    return besideDeployments(answer, fault.deploys === undefined ? [] : [deployment(fault.deploys)]);
  });
  const technical = answers.filter(({ findings }) => findings.length > 0);
  const [worst] = technical.sort((a, b) => b.lost.attributable - a.lost.attributable);
  const shown = worst ?? answers.find(({ step }) => step === fault.step) ?? answers[0]!;
  const { cause } = fault;
  const isStepRight = shown.step === fault.step;
  const isCause = (named: Named | undefined) =>
    cause ? named?.event === cause.event && named.kind === cause.kind : named === undefined;
  const [finding] = shown.findings;
  return {
    state: shown.state,
    isTechnical: finding !== undefined,
    isStepRight,
    isCauseRight: isStepRight && isCause(finding && { event: finding.event, kind: finding.class }),
    isPlainRight: isCause(plainScore(world.log, DEFINITION)),
    trueLoss: cause ? (without.reached[fault.step] as number) - (world.reached[fault.step] as number) : 0,
    found: shown.lost.attributable,
    interval: shown.lost.interval,
  };
}
