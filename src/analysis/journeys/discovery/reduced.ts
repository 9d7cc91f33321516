// The graph as it is shown: the edges that mean an order, and counts of those cases alone that keep to them, because a graph
// with edges left out tells of ways that nobody went.
import { dependency, type Follows, follows } from "./graph.ts";
import type { Trails } from "./trails.ts";
import type { JourneyEdge } from "./types.ts";

const FIRM = 0.5;
/** Share of all cases that an edge has at least, unless it is a step's best one. */
const FREQUENT = 0.01;
/** Share of a step's cases that its best edge has, to be kept in spite of that. */
const BEST = 0.1;

export function reducedGraph(trails: Trails, graph: Follows) {
  const isKept = keptEdges(graph, trails.starts.length - 1);
  const { steps, starts } = trails;
  let cases = 0;
  let told = 0;
  const fits = new Uint8Array(starts.length - 1);
  for (let at = 0; at < fits.length; at++) {
    if (!fitsCase(at)) continue;
    fits[at] = 1;
    cases++;
    told += (starts[at + 1] as number) - (starts[at] as number);
  }
  const kept = follows(trails, (at) => fits[at] === 1);
  return {
    edges: edgesOf(kept, trails.names),
    coverage: { cases: cases / Math.max(1, fits.length), steps: told / Math.max(1, steps.length) },
  };

  function fitsCase(at: number): boolean {
    for (let place = starts[at] as number; place < (starts[at + 1] as number); place++) {
      const here = graph.placeOf[steps[place] as number] as number;
      if (here < 0) return false;
      if (place === starts[at]) continue;
      const before = graph.placeOf[steps[place - 1] as number] as number;
      if (!isKept[before * graph.size + here]) return false;
    }
    return true;
  }
}

function keptEdges(graph: Follows, cases: number): Uint8Array {
  const { size, counts } = graph;
  const isKept = new Uint8Array(size * size);
  const best = (keys: readonly number[]) =>
    keys.reduce((most, key) => (counts[key]! > counts[most]! ? key : most), keys[0]!);
  const places = [...Array(size).keys()];
  for (const one of places) {
    for (const other of places) {
      const count = counts[one * size + other] as number;
      if (count >= FREQUENT * cases && dependency(graph, one, other) >= FIRM) isKept[one * size + other] = 1;
      // Those who go back and forth are no coincidence when there are many.
      if (count >= 10 * FREQUENT * cases) isKept[one * size + other] = 1;
    }
    const ways = [best(places.map((to) => one * size + to)), best(places.map((from) => from * size + one))];
    for (const key of ways) if (counts[key]! > 0 && counts[key]! >= BEST * graph.cases[one]!) isKept[key] = 1;
  }
  return isKept;
}

function edgesOf(graph: Follows, names: readonly string[]): JourneyEdge[] {
  const { size, counts, codes } = graph;
  const edges: JourneyEdge[] = [];
  for (let from = 0; from < size; from++) {
    for (let to = 0; to < size; to++) {
      const count = counts[from * size + to] as number;
      if (count === 0) continue;
      const name = (place: number) => names[codes[place] as number] as string;
      edges.push({ from: name(from), to: name(to), count, dependency: dependency(graph, from, to) });
    }
  }
  return edges.sort((a, b) => b.count - a.count);
}
