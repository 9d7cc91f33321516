// How an objective does, as everybody is shown it.
import { goalText, type Objective } from "../../model/objective.ts";
import type { BurnRate, Judgement } from "./judge.ts";

export const OBJECTIVE_STATES = ["good", "burning", "spent", "unknown"] as const;

export type ObjectiveRow = {
  readonly objective: string;
  readonly service: string;
  readonly namespace: string;
  readonly route?: string;
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
  /** share of what may be bad in the window; below 0: more was */
  readonly budgetLeft: number;
  /** of the rules, fastest first */
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
