// The state of each service and of each outside name that is called: its workloads, and the failures its callers saw.
import type { Sketch } from "../../base/sketch.ts";
import { addTally, type Flow, type Pace, type Tally, tally } from "../../model/tally.ts";
import type { WorkloadSample } from "../../model/telemetry.ts";
import { byName, destinationNode, type NodeName, OUTSIDE, serviceNode, sourceNode } from "../graph/node.ts";
import { judgeFailures } from "./failures.ts";
import { judgeSlowness, mayBeSlow, type Slowness, usualDurations } from "./slowness.ts";
import { type HealthState, isTrouble, worst } from "./types.ts";
import { list, percent, time } from "./words.ts";
import { judgeWorkloads } from "./workloads.ts";

/** What is known of the mesh at one moment. */
export type MeshFacts = {
  readonly nowUs: number;
  readonly flows: readonly Flow[];
  readonly services: readonly { readonly service: string; readonly namespace: string }[];
  readonly workloads: readonly WorkloadSample[];
  /** absent: nothing is said of slowness */
  readonly pace?: Pace;
};

export type NodeHealth = {
  readonly node: NodeName;
  readonly state: HealthState;
  /** clauses whose subject is the node: `fails 12 % of …`, `has no workload ready: …` */
  readonly reasons: readonly string[];
  /** of the traffic to it */
  readonly all: Tally;
  readonly slowness?: Slowness;
  /** its failures, or its slowness, are only passed on from this one (an id) */
  readonly because?: string;
};

const FAILS = "fails";
const IS_SLOW = "is slow";
/** one passes failures on when at least this share of its own are failures of what it calls */
const PASSED_ON = 0.8;
/** one waits for what it calls when that has become slower by at least this share of what it has itself */
const WAITED_FOR = 0.5;

/** By id, in order of namespace and name. */
export function judgeNodes(facts: MeshFacts): Map<string, NodeHealth> {
  const nodes = new Map<string, NodeName>();
  for (const { service, namespace } of facts.services) {
    const node = serviceNode(service, namespace);
    nodes.set(node.id, node);
  }
  for (const flow of facts.flows) {
    const node = destinationNode(flow);
    nodes.set(node.id, node);
  }
  const flowsTo = Map.groupBy(facts.flows, (flow) => destinationNode(flow).id);
  const flowsFrom = Map.groupBy(facts.flows, (flow) => sourceNode(flow).id);
  const workloadsOf = Map.groupBy(facts.workloads, ({ service }) => service);
  const recentTo = Map.groupBy(facts.pace?.recent ?? [], (flow) => destinationNode(flow).id);

  const judged = new Map<string, NodeHealth>();
  for (const node of [...nodes.values()].sort(byName)) {
    const own = node.kind === "service" ? (workloadsOf.get(node.name) ?? []) : [];
    const to = flowsTo.get(node.id) ?? [];
    const recent = recentTo.get(node.id) ?? [];
    const earlier = () =>
      (facts.pace?.earlier ?? []).flatMap((callees) =>
        callees.flatMap((callee) => (destinationNode(callee).id === node.id ? [callee.durations] : [])),
      );
    judged.set(node.id, judge({ node, to, recent, earlier, own, nowUs: facts.nowUs }));
  }
  for (const [id, health] of judged) {
    const from = flowsFrom.get(id) ?? [];
    const because = isFailing(health) ? failingCallee(health, from, judged) : slowCallee(health, from, judged);
    if (because !== undefined) judged.set(id, { ...health, because });
  }
  return judged;
}

/** What is wrong with it, a sentence each. */
export function sentencesOf({ node, reasons, because }: NodeHealth, nodes: ReadonlyMap<string, NodeHealth>): string[] {
  const cause = because === undefined ? undefined : nodes.get(because)?.node.name;
  return reasons.map(
    (reason) => `${node.name} ${reason}${cause && isPassedOn(reason) ? `, because of ${cause}` : ""}.`,
  );
}

export function isFailing({ all }: NodeHealth): boolean {
  return isTrouble(judgeFailures(all));
}

function isPassedOn(reason: string): boolean {
  return reason.startsWith(FAILS) || reason.startsWith(IS_SLOW);
}

type NodeFacts = {
  readonly node: NodeName;
  /** of the window; `recent` of its end */
  readonly to: readonly Flow[];
  readonly recent: readonly Flow[];
  /** the periods before, oldest first: looked for only of those who may be slow */
  readonly earlier: () => readonly Sketch[];
  readonly own: readonly WorkloadSample[];
  readonly nowUs: number;
};

function judge({ node, to, recent, earlier, own, nowUs }: NodeFacts): NodeHealth {
  const all = sumOf(to);
  const byWorkloads = judgeWorkloads(own, nowUs);
  const byFailures = judgeFailures(all);
  const { durations } = sumOf(recent);
  const slowness = mayBeSlow(durations) ? judgeSlowness(durations, usualDurations(earlier())) : undefined;
  const reasons = [...byWorkloads.reasons];
  if (isTrouble(byFailures)) reasons.push(failing(all, to));
  if (slowness) reasons.push(slow(slowness, recent));
  const state = worst([byWorkloads.state, byFailures, slowness ? "warning" : "unknown"]);
  return { node, state, reasons, all, ...(slowness && { slowness }) };
}

function sumOf(flows: readonly Flow[]): Tally {
  const all = tally();
  for (const flow of flows) addTally(all, flow.all);
  return all;
}

/** `fails 12 % of its requests (34 of 283), seen by checkout` */
function failing({ faults, requests }: Tally, to: readonly Flow[]): string {
  const what = to.every(({ protocol }) => protocol === "tcp") ? "connections" : "requests";
  const figures = `${faults.toLocaleString("en-US")} of ${requests.toLocaleString("en-US")}`;
  return `${FAILS} ${percent(faults, requests)} of its ${what} (${figures}), seen ${seenBy(to, ({ faults }) => faults)}`;
}

/** `is slow: half of its requests take 1.5 s or more (77 ms before), seen by checkout` */
function slow({ share, nowMs, beforeMs }: Slowness, recent: readonly Flow[]): string {
  const figures = `${share} of its requests take ${time(nowMs)} or more (${time(beforeMs)} before)`;
  return `${IS_SLOW}: ${figures}, seen ${seenBy(recent, ({ requests }) => requests)}`;
}

/** Those callers first that see most of it. */
function seenBy(to: readonly Flow[], seen: (all: Tally) => number): string {
  const names = [...to]
    .filter(({ all }) => seen(all) > 0)
    .sort((a, b) => seen(b.all) - seen(a.all))
    .map((flow) => sourceNode(flow).name);
  const callers = [...new Set(names)];
  const inside = callers.filter((name) => name !== OUTSIDE);
  if (inside.length === callers.length) return `by ${list(inside)}`;
  return inside.length === 0 ? "from outside" : `by ${list(inside)} and from outside`;
}

/** The failing callee that accounts for most, when failing callees account for (nearly) all of its own failures. */
function failingCallee(health: NodeHealth, from: readonly Flow[], judged: ReadonlyMap<string, NodeHealth>) {
  const failed = new Map<string, number>();
  for (const flow of from) {
    const id = destinationNode(flow).id;
    if (id === health.node.id || !isTrouble(judged.get(id)?.state ?? "unknown")) continue;
    failed.set(id, (failed.get(id) ?? 0) + flow.all.faults);
  }
  const sum = [...failed.values()].reduce((total, one) => total + one, 0);
  if (sum === 0 || sum < health.all.faults * PASSED_ON) return undefined;
  return [...failed].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** The callee that has become slower by most, when that is a good part of what the node itself has become slower by. */
function slowCallee({ node, slowness }: NodeHealth, from: readonly Flow[], judged: ReadonlyMap<string, NodeHealth>) {
  if (!slowness) return undefined;
  let cause: string | undefined;
  let most = moreMs(slowness) * WAITED_FOR;
  for (const flow of from) {
    const { id } = destinationNode(flow);
    const callee = judged.get(id)?.slowness;
    if (id === node.id || !callee || moreMs(callee) < most) continue;
    most = moreMs(callee);
    cause = id;
  }
  return cause;
}

function moreMs({ nowMs, beforeMs }: Slowness): number {
  return nowMs - beforeMs;
}
