// "N hops up and down of X": what leads to a service within so many calls, and what it leads to.
import type { Pair } from "../../model/figures.ts";
import { destinationNode, isAsked, type NodeName, sourceNode } from "./node.ts";

export type Hops = {
  /** callers, their callers, … */
  readonly up: number;
  /** what it calls, what that calls, … */
  readonly down: number;
};

export type Neighbourhood<Flow> = {
  /** ids, the focus among them */
  readonly nodes: ReadonlySet<string>;
  /** those on the way to the focus or from it, in the order given */
  readonly flows: readonly Flow[];
};

/** @param known nodes that may be the focus though nothing calls them */
export function neighbourhood<Flow extends Pair>(
  flows: readonly Flow[],
  known: readonly NodeName[],
  focus: string,
  { up, down }: Hops,
): Neighbourhood<Flow> {
  const ends = flows.map((flow) => ({ flow, source: sourceNode(flow), destination: destinationNode(flow) }));
  const start = new Set<string>();
  for (const node of known) if (isAsked(focus, node)) start.add(node.id);
  for (const { source, destination } of ends) {
    for (const node of [source, destination]) if (isAsked(focus, node)) start.add(node.id);
  }
  const nodes = new Set(start);
  const used = new Set<Flow>();
  const walk = (hops: number, from: "source" | "destination", to: "source" | "destination") => {
    const byFrom = Map.groupBy(ends, (end) => end[from].id);
    const seen = new Set(start);
    let frontier: Iterable<string> = start;
    for (let hop = 0; hop < hops; hop++) {
      const next = new Set<string>();
      for (const id of frontier) {
        for (const end of byFrom.get(id) ?? []) {
          used.add(end.flow);
          if (!seen.has(end[to].id)) next.add(end[to].id);
        }
      }
      if (next.size === 0) return;
      for (const id of next) {
        seen.add(id);
        nodes.add(id);
      }
      frontier = next;
    }
  };
  walk(up, "destination", "source");
  walk(down, "source", "destination");
  return { nodes, flows: flows.filter((flow) => used.has(flow)) };
}
