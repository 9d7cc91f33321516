// An incident: an objective burned. It carries the answer to why, and what happened meanwhile, in order. Pure: each function
// makes the next document of the one before.
import type { Change } from "../../model/change.ts";
import { type ConversionObjective, conversionText, goalText, type Objective } from "../../model/objective.ts";
import type { LiveLoss } from "../journeys/visits/answers.ts";
import type { Answer } from "../why/answer.ts";
import type { Fall } from "./conversion.ts";
import type { BurnRate, Judgement } from "./judge.ts";

export const MOMENTS = ["opened", "cause", "change", "closed"] as const;

/** A line of the timeline. */
export type Moment = {
  /** RFC 3339 */
  readonly time: string;
  readonly what: (typeof MOMENTS)[number];
  readonly text: string;
};

export type Incident = {
  readonly schema: "meshwise.dev/incident/v1";
  readonly id: string;
  /** name of the Objective */
  readonly objective: string;
  /** "" of a journey */
  readonly service: string;
  readonly namespace: string;
  readonly route?: string;
  /** name of the declared journey, of which fewer come through */
  readonly journey?: string;
  /** `99.9 % without failure` */
  readonly goal: string;
  readonly state: "open" | "closed";
  /** RFC 3339 */
  readonly opened: string;
  readonly closed?: string;
  readonly sentence: string;
  /** the rule that held, with the rates as it opened; absent of a journey */
  readonly burnRate?: BurnRate;
  /** share of the objective's budget, when it was looked at last; absent of a journey */
  readonly budgetLeft?: number;
  /** of a journey: what fell, as it opened */
  readonly fall?: Fall;
  /** the best answer so far; absent: none yet */
  readonly why?: Answer;
  /** of a journey: the same of why visitors are lost */
  readonly loss?: LiveLoss;
  /** oldest first */
  readonly timeline: readonly Moment[];
};

const MOST_CHANGES = 50;

export function openedIncident(
  id: string,
  objective: Objective,
  { budgetLeft }: Judgement,
  burnRate: BurnRate,
  nowUs: number,
): Incident {
  const { name, service, namespace, route, goal } = objective;
  const badShare = burnRate.short * (1 - goal.share);
  const what = goal.kind === "availability" ? "fail" : `take longer than ${goal.withinUs / 1000} ms`;
  const of = route === undefined ? service : `${service} ${route}`;
  const sentence =
    `${percent(badShare)} of the requests to ${of} ${what}, ${times(burnRate.short)} what ${name} allows; ` +
    `${percent(budgetLeft)} of its budget is left`;
  return {
    schema: "meshwise.dev/incident/v1",
    ...{ id, objective: name, service, namespace, ...(route !== undefined && { route }), goal: goalText(goal) },
    ...{ state: "open", opened: iso(nowUs), sentence, burnRate, budgetLeft },
    timeline: [{ time: iso(nowUs), what: "opened", text: sentence }],
  };
}

export function fallenIncident(id: string, objective: ConversionObjective, fall: Fall, nowUs: number): Incident {
  const { name, journey, namespace, least } = objective;
  const { entered, reached, seconds, expected } = fall;
  const within = seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`;
  const than = least === undefined ? `${percent(expected)} did before` : `${percent(expected)} are promised`;
  const sentence = `${percent(reached / entered)} of those who begin ${journey} come through (${reached} of ${entered} within ${within}); ${than}`;
  return {
    schema: "meshwise.dev/incident/v1",
    ...{ id, objective: name, service: "", namespace, journey, goal: conversionText(objective) },
    ...{ state: "open", opened: iso(nowUs), sentence, fall },
    timeline: [{ time: iso(nowUs), what: "opened", text: sentence }],
  };
}

/** With that answer to why visitors are lost, when it says more than the one before, or the same anew. */
export function lossExplained(incident: Incident, loss: LiveLoss, nowUs: number): Incident {
  const said = ({ findings: [first], state }: LiveLoss) => (first ? `${first.event} ${first.what}` : state);
  const isSame = incident.loss !== undefined && said(incident.loss) === said(loss);
  if (incident.loss && !isSame && LOSS_WORTH[loss.state] <= LOSS_WORTH[incident.loss.state]) return incident;
  const isTold = isSame || LOSS_WORTH[loss.state] === 0;
  const text = loss.why ? `${loss.verdict}. ${loss.why.verdict}` : loss.verdict;
  const found: Moment[] = isTold ? [] : [{ time: iso(nowUs), what: "cause", text }];
  return { ...incident, loss, timeline: [...incident.timeline, ...found] };
}

const LOSS_WORTH: Readonly<Record<LiveLoss["state"], number>> = {
  ...{ explained: 3, partly: 2, "not-technical": 1, undetermined: 0, "not-enough-data": 0 },
};

/** With that answer, when it is better than the one before or tells of the same cause anew. */
export function explained(incident: Incident, why: Answer, nowUs: number): Incident {
  const [before, now] = [incident.why?.findings[0], why.findings[0]];
  const isSame = before && now && before.class === now.class && before.subject.service === now.subject.service;
  if (incident.why && !isSame && worth(why) <= worth(incident.why)) return incident;
  if (incident.why && isSame && worth(why) < worth(incident.why)) return incident;
  const found: Moment[] = now && !isSame ? [{ time: iso(nowUs), what: "cause", text: why.verdict }] : [];
  return { ...incident, why, timeline: [...incident.timeline, ...found] };
}

/** More confidence, then more explained. */
function worth({ findings: [first], confidence, state }: Answer): number {
  if (!first) return 0;
  const sure = { low: 1, medium: 2, high: 3 }[confidence];
  return 10 * sure + (state === "explained" ? 5 : state === "partly" ? 3 : 1) + first.explained;
}

/** With the changes of the mesh, of its service and of those on the way to the cause, in the place of those told before. */
export function withChanges(incident: Incident, changes: readonly Change[]): Incident {
  const concerned = new Set(["", incident.service, ...(incident.why?.findings[0]?.path ?? [])]);
  const moments = changes
    .filter(({ service }) => concerned.has(service))
    .slice(-MOST_CHANGES)
    .map(({ atUs, service, text }): Moment => {
      return { time: iso(atUs), what: "change", text: service === "" ? text : `${service}: ${text}` };
    });
  const others = incident.timeline.filter(({ what }) => what !== "change");
  const timeline = [...others, ...moments].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  return { ...incident, timeline };
}

/** @param because a clause, such as `less than is allowed fails` */
export function closedIncident(incident: Incident, because: string, nowUs: number): Incident {
  const minutes = Math.max(1, Math.round((nowUs / 1000 - Date.parse(incident.opened)) / 60_000));
  const text = `over after ${minutes} min: ${because}`;
  const timeline: Moment[] = [...incident.timeline, { time: iso(nowUs), what: "closed", text }];
  return { ...incident, state: "closed", closed: iso(nowUs), timeline };
}

function percent(share: number): string {
  if (share <= 0 || share >= 1) return share <= 0 ? "0 %" : "100 %";
  return `${Number((100 * share).toPrecision(2))} %`;
}

function times(burn: number): string {
  return `${burn >= 10 ? Math.round(burn) : burn.toFixed(1)} times`;
}

function iso(us: number): string {
  return new Date(us / 1000).toISOString();
}
