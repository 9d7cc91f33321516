// The state of each service and of each outside name that is called: its workloads, and the failures its callers saw.
import { addTally, type Flow, type Tally, tally } from "../../model/tally.ts";
import type { WorkloadSample } from "../../model/telemetry.ts";
import { byName, destinationNode, type NodeName, OUTSIDE, serviceNode, sourceNode } from "../graph/node.ts";
import { judgeFailures } from "./failures.ts";
import { type HealthState, isTrouble, worst } from "./types.ts";
import { list, percent } from "./words.ts";
import { judgeWorkloads } from "./workloads.ts";

/** What is known of the mesh at one moment. */
export type MeshFacts = {
  readonly nowUs: number;
  readonly flows: readonly Flow[];
  readonly services: readonly { readonly service: string; readonly namespace: string }[];
  readonly workloads: readonly WorkloadSample[];
};

export type NodeHealth = {
  readonly node: NodeName;
  readonly state: HealthState;
  /** clauses whose subject is the node: `fails 12 % of …`, `has no workload ready: …` */
  readonly reasons: readonly string[];
  /** of the traffic to it */
  readonly all: Tally;
  /** its failures are only passed on from this one (an id) */
  readonly because?: string;
};

const FAILS = "fails";
/** one passes failures on when at least this share of its own are failures of what it calls */
const PASSED_ON = 0.8;

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

  const judged = new Map<string, NodeHealth>();
  for (const node of [...nodes.values()].sort(byName)) {
    const own = node.kind === "service" ? (workloadsOf.get(node.name) ?? []) : [];
    judged.set(node.id, judge(node, flowsTo.get(node.id) ?? [], own, facts.nowUs));
  }
  for (const [id, health] of judged) {
    const because = isTrouble(judgeFailures(health.all)) ? causeOf(health, flowsFrom.get(id) ?? [], judged) : undefined;
    if (because !== undefined) judged.set(id, { ...health, because });
  }
  return judged;
}

/** What is wrong with it, a sentence each. */
export function sentencesOf({ node, reasons, because }: NodeHealth, nodes: ReadonlyMap<string, NodeHealth>): string[] {
  const cause = because === undefined ? undefined : nodes.get(because)?.node.name;
  return reasons.map(
    (reason) => `${node.name} ${reason}${cause && reason.startsWith(FAILS) ? `, because of ${cause}` : ""}.`,
  );
}

function judge(node: NodeName, to: readonly Flow[], own: readonly WorkloadSample[], nowUs: number): NodeHealth {
  const all = tally();
  for (const flow of to) addTally(all, flow.all);
  const byWorkloads = judgeWorkloads(own, nowUs);
  const byFailures = judgeFailures(all);
  const reasons = [...byWorkloads.reasons];
  if (isTrouble(byFailures)) reasons.push(failing(all, to));
  return { node, state: worst([byWorkloads.state, byFailures]), reasons, all };
}

/** `fails 12 % of its requests (34 of 283), seen by checkout` */
function failing({ faults, requests }: Tally, to: readonly Flow[]): string {
  const callers = [...to]
    .filter(({ all }) => all.faults > 0)
    .sort((a, b) => b.all.faults - a.all.faults)
    .map((flow) => sourceNode(flow).name);
  const what = to.every(({ protocol }) => protocol === "tcp") ? "connections" : "requests";
  const figures = `${faults.toLocaleString("en-US")} of ${requests.toLocaleString("en-US")}`;
  return `${FAILS} ${percent(faults, requests)} of its ${what} (${figures}), seen ${seenBy([...new Set(callers)])}`;
}

function seenBy(callers: readonly string[]): string {
  const inside = callers.filter((name) => name !== OUTSIDE);
  if (inside.length === callers.length) return `by ${list(inside)}`;
  return inside.length === 0 ? "from outside" : `by ${list(inside)} and from outside`;
}

/** The failing callee that accounts for most, when failing callees account for (nearly) all of its own failures. */
function causeOf(health: NodeHealth, from: readonly Flow[], judged: ReadonlyMap<string, NodeHealth>) {
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
