// How an objective does, as everybody is shown it.
import { type ConversionObjective, conversionText, goalText, type Objective } from "../../model/objective.ts";
import type { ConversionJudgement } from "./conversion.ts";
import type { BurnRate, Judgement } from "./judge.ts";

export const OBJECTIVE_STATES = ["good", "burning", "spent", "unknown"] as const;

export type ObjectiveRow = {
  readonly objective: string;
  /** "" of a journey */
  readonly service: string;
  readonly namespace: string;
  readonly route?: string;
  /** name of the declared journey: requests are those who began it, bad are those who did not come through */
  readonly journey?: string;
  /** `99.9 % without failure` */
  readonly goal: string;
  readonly windowSeconds: number;
  /** burning: an incident is open; spent: no budget is left; unknown: nobody has asked anything yet */
  readonly state: (typeof OBJECTIVE_STATES)[number];
  /** in the window, as far as there are figures */
  readonly requests: number;
  readonly bad: number;
  /** share; absent without requests */
  readonly good?: number;
  /** share of what may be bad in the window; below 0: more was; absent of a journey */
  readonly budgetLeft?: number;
  /** of the rules, fastest first; none of a journey */
  readonly burnRates: readonly BurnRate[];
  /** id of the open incident */
  readonly incident?: string;
};

export function objectiveRow(objective: Objective, judgement: Judgement, incident: string | undefined): ObjectiveRow {
  const { name, service, namespace, route, goal, windowS } = objective;
  const { requests, bad, budgetLeft, burnRates } = judgement;
  const state = incident !== undefined ? "burning" : requests === 0 ? "unknown" : budgetLeft <= 0 ? "spent" : "good";
  return {
    ...{ objective: name, service, namespace, ...(route !== undefined && { route }) },
    ...{ goal: goalText(goal), windowSeconds: windowS, state },
    ...{ requests, bad, ...(requests > 0 && { good: 1 - bad / requests }), budgetLeft, burnRates },
    ...(incident !== undefined && { incident }),
  };
}

export function conversionRow(
  objective: ConversionObjective,
  { entered, reached }: ConversionJudgement,
  incident: string | undefined,
): ObjectiveRow {
  const { name, journey, namespace, windowS } = objective;
  const state = incident !== undefined ? "burning" : entered === 0 ? "unknown" : "good";
  return {
    ...{
      objective: name,
      service: "",
      namespace,
      journey,
      goal: conversionText(objective),
      windowSeconds: windowS,
      state,
    },
    ...{ requests: entered, bad: entered - reached, ...(entered > 0 && { good: reached / entered }), burnRates: [] },
    ...(incident !== undefined && { incident }),
  };
}
