// An incident: an objective burned. It carries the answer to why, and what happened meanwhile, in order. Pure: each function
// makes the next document of the one before.
import type { Change } from "../../model/change.ts";
import { goalText, type Objective } from "../../model/objective.ts";
import type { Answer } from "../why/answer.ts";
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
  readonly service: string;
  readonly namespace: string;
  readonly route?: string;
  /** `99.9 % without failure` */
  readonly goal: string;
  readonly state: "open" | "closed";
  /** RFC 3339 */
  readonly opened: string;
  readonly closed?: string;
  readonly sentence: string;
  /** the rule that held, with the rates as it opened */
  readonly burnRate: BurnRate;
  /** share of the objective's budget, when it was looked at last */
  readonly budgetLeft: number;
  /** the best answer so far; absent: none yet */
  readonly why?: Answer;
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
