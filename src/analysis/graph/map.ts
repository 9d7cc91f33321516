// From what was exchanged to the map: who is on it (all, or the neighbourhood of one), which namespaces are folded into
// one node, what the nodes and edges carry. Ids and order stay the same from one answer to the next.
import { isReady, isWanted } from "../../model/readiness.ts";
import { addTally, type Flow, signals, type Tally, tally } from "../../model/tally.ts";
import type { WorkloadSample } from "../../model/telemetry.ts";
import { judgeFailures } from "../health/failures.ts";
import { judgeMesh, type MeshHealth, type ReportedFacts } from "../health/mesh.ts";
import { type NodeHealth, sentencesOf } from "../health/services.ts";
import { worst } from "../health/types.ts";
import { type Hops, neighbourhood } from "./neighbourhood.ts";
import { byName, compare, destinationNode, type NodeName, namespaceNode, sourceNode } from "./node.ts";
import type { MapDocument, MapEdge, MapNamespace, MapNode } from "./types.ts";

export type MapView = {
  readonly focus?: string;
  readonly hops: Hops;
  /** namespaces, or `all`; absent: as many as can be looked at */
  readonly expand?: readonly string[] | "all";
};

/** as many services can be looked at one by one */
const MOST_UNFOLDED = 40;
const MOST_REASONS = 5;

/** @param seconds that the flows span */
export function mapOf(facts: ReportedFacts, view: MapView, seconds: number): MapDocument {
  const health = judgeMesh(facts);
  const known = [...health.nodes.values()].map(({ node }) => node);
  const { flows, nodes } = shownOf(facts, known, view);
  const services = nodes.filter(({ kind }) => kind === "service");
  const expanded = expandedOf(services, view.expand);
  const placeOf = (node: NodeName) =>
    node.kind !== "service" || expanded.has(node.namespace) ? node : namespaceNode(node.namespace);

  const members = Map.groupBy(nodes, (node) => placeOf(node).id);
  const places = [...new Map(nodes.map((node) => [placeOf(node).id, placeOf(node)])).values()].sort(byName);
  // what is hidden calls too: a node's traffic is all of it
  const flowsTo = Map.groupBy(facts.flows, (flow) => placeOf(destinationNode(flow)).id);
  const workloadsOf = Map.groupBy(facts.workloads, ({ service }) => service);
  return {
    health: health.health,
    nodes: places.map((place) => {
      const own = members.get(place.id) ?? [];
      const to = (flowsTo.get(place.id) ?? []).filter((flow) => !isInside(flow, place));
      const workloads = own.flatMap(({ kind, name }) => (kind === "service" ? (workloadsOf.get(name) ?? []) : []));
      return nodeOf(place, own, { to, workloads, health, seconds });
    }),
    edges: edgesOf(flows, placeOf, seconds),
    namespaces: namespacesOf(services, expanded, health),
    hidden: known.filter(({ kind }) => kind === "service").length - services.length,
  };
}

type Shown = { readonly flows: readonly Flow[]; readonly nodes: readonly NodeName[] };

function shownOf({ flows }: ReportedFacts, known: readonly NodeName[], { focus, hops }: MapView): Shown {
  const nodes = new Map(known.map((node) => [node.id, node]));
  for (const flow of flows) {
    const caller = sourceNode(flow);
    if (!nodes.has(caller.id)) nodes.set(caller.id, caller);
  }
  if (focus === undefined) return { flows, nodes: [...nodes.values()] };
  const near = neighbourhood(flows, known, focus, hops);
  return { flows: near.flows, nodes: [...nodes.values()].filter(({ id }) => near.nodes.has(id)) };
}

function expandedOf(services: readonly NodeName[], expand: MapView["expand"]): ReadonlySet<string> {
  const all = new Set(services.map(({ namespace }) => namespace));
  if (expand === undefined) return all.size <= 1 || services.length <= MOST_UNFOLDED ? all : new Set();
  return expand === "all" ? all : all.intersection(new Set(expand));
}

/** A folded namespace shows the traffic to it from elsewhere; what a service sends itself is traffic to it. */
function isInside(flow: Flow, place: NodeName): boolean {
  return place.kind === "namespace" && flow.sourceNamespace === place.namespace;
}

type NodeFacts = {
  readonly to: readonly Flow[];
  readonly workloads: readonly WorkloadSample[];
  readonly health: MeshHealth;
  readonly seconds: number;
};

function nodeOf(place: NodeName, members: readonly NodeName[], { to, workloads, health, seconds }: NodeFacts): MapNode {
  const judged = members.flatMap(({ id }) => health.nodes.get(id) ?? []);
  const wanted = workloads.filter(isWanted);
  return {
    ...place,
    services: members.length,
    workloads: { ready: workloads.filter(isReady).length, total: wanted.length },
    versions: [...new Set(wanted.map(({ version }) => version))].sort(compare),
    protocols: [...new Set(to.map(({ protocol }) => protocol))].sort(compare),
    signals: signals(sum(to), seconds),
    state: worst(judged.map(({ state }) => state)),
    reasons: reasonsOf(judged, health.nodes),
  };
}

function reasonsOf(judged: readonly NodeHealth[], nodes: ReadonlyMap<string, NodeHealth>): string[] {
  const gravestFirst = [...judged].sort((a, b) => Number(b.state === "bad") - Number(a.state === "bad"));
  return gravestFirst.flatMap((one) => sentencesOf(one, nodes)).slice(0, MOST_REASONS);
}

function edgesOf(flows: readonly Flow[], placeOf: (node: NodeName) => NodeName, seconds: number): MapEdge[] {
  const byEnds = new Map<string, { source: string; target: string; flows: Flow[] }>();
  for (const flow of flows) {
    const source = placeOf(sourceNode(flow));
    const target = placeOf(destinationNode(flow));
    if (source.id === target.id && source.kind === "namespace") continue;
    const id = `${source.id} → ${target.id}`;
    const edge = byEnds.get(id) ?? { source: source.id, target: target.id, flows: [] };
    byEnds.set(id, edge);
    edge.flows.push(flow);
  }
  return [...byEnds]
    .map(([id, { source, target, flows }]) => {
      const all = sum(flows);
      return {
        id,
        source,
        target,
        protocols: [...new Set(flows.map(({ protocol }) => protocol))].sort(compare),
        ports: [...new Set(flows.map(({ port }) => port))].sort((a, b) => a - b),
        signals: signals(all, seconds),
        state: judgeFailures(all),
      };
    })
    .sort((a, b) => compare(a.source, b.source) || compare(a.target, b.target));
}

function namespacesOf(
  services: readonly NodeName[],
  expanded: ReadonlySet<string>,
  health: MeshHealth,
): MapNamespace[] {
  return [...Map.groupBy(services, ({ namespace }) => namespace)]
    .map(([name, members]) => ({
      name,
      services: members.length,
      isExpanded: expanded.has(name),
      state: worst(members.map(({ id }) => health.nodes.get(id)?.state ?? "unknown")),
    }))
    .sort((a, b) => compare(a.name, b.name));
}

function sum(flows: readonly Flow[]): Tally {
  const all = tally();
  for (const flow of flows) addTally(all, flow.all);
  return all;
}
