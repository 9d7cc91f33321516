// From events alone: the ways that visitors take, what they come for, and funnels worth looking at.
import type { FunnelDefinition } from "../funnel/definition.ts";
import { funnelOf } from "../funnel/funnel.ts";
import type { EventLog } from "../log.ts";
import { exitsOf, goalsOf, needsOf, type Scored } from "./goals.ts";
import { type Follows, follows } from "./graph.ts";
import { type Precedence, precedence } from "./order.ts";
import { reducedGraph } from "./reduced.ts";
import { type Trails, trailsOf } from "./trails.ts";
import type { JourneyGoal, JourneysAnswer, ProposedFunnel } from "./types.ts";
import { topPaths } from "./variants.ts";

const GOALS = 3;
const LONGEST = 8;
/** Share of a goal's cases that have met a step before, for it to belong to the funnel; where that leaves none, the second. */
const NEEDED = [0.8, 0.5];

/** @param from what the proposed commands are to say of where the events are, such as `--events FILE` */
export function journeysOf(log: EventLog, from = ""): JourneysAnswer {
  const trails = trailsOf(log);
  const cases = trails.starts.length - 1;
  const graph = follows(trails);
  const noExit = new Uint8Array(graph.size);
  const isExit = exitsOf(log.names, graph, precedence(trails, graph, noExit).lasts);
  const order = precedence(trails, graph, isExit);
  const name = (place: number) => log.names[graph.codes[place] as number] as string;
  const found = goalsOf(log.names, graph, order, isExit, cases).slice(0, GOALS);
  const { edges, coverage } = reducedGraph(trails, graph);
  const goals = found.map((goal) => goalDocument(goal, graph, order, cases, name));
  const funnels = found.map(({ place }) =>
    proposed(log, trails, pathTo(graph, order, place).map(name), graph.cases[place]!, from),
  );
  return {
    schema: "meshwise.dev/answer/v1",
    question: "which ways do visitors take",
    verdict: verdict(goals, funnels, cases, trails),
    unit: trails.unit,
    counts: { events: log.events.length, visitors: log.starts.length - 1, cases },
    steps: graph.codes.map((_, place) => ({
      event: name(place),
      cases: graph.cases[place] as number,
      share: (graph.cases[place] as number) / cases,
    })),
    ignored: trails.ignored,
    graph: edges,
    coverage,
    paths: topPaths(trails),
    goals,
    funnels,
  };
}

/** From where it starts to the goal: what the goal needs, in the order in which most cases meet it. */
function pathTo(graph: Follows, order: Precedence, goal: number): number[] {
  const { size } = graph;
  let needs: number[] = [];
  for (const share of NEEDED) if (needs.length === 0) needs = needsOf(graph, order, goal, share);
  const before = (a: number, b: number) => order.before[a * size + b] as number;
  const rank = new Map(needs.map((a) => [a, needs.filter((b) => before(b, a) > before(a, b)).length]));
  const path = [...needs.sort((a, b) => rank.get(a)! - rank.get(b)!), goal];
  // The nearest to the goal tell most about it.
  return path.slice(-LONGEST);
}

function proposed(
  log: EventLog,
  { unit }: Trails,
  steps: readonly string[],
  goalCases: number,
  from: string,
): ProposedFunnel {
  const definition: FunnelDefinition = {
    ...{ steps, unit, order: "ordered", windowMs: Number.POSITIVE_INFINITY, exclusions: [], reentry: "once" },
  };
  const answer = funnelOf(log, definition);
  if ("wrong" in answer) throw new Error(`a proposed funnel ${answer.wrong}`);
  const { entered, converted, rate } = answer.overall;
  const quoted = `'${steps.join(" > ").replaceAll("'", "'\\''")}'`;
  return {
    ...{ steps, entered, converted, rate, support: Math.min(1, converted / goalCases) },
    command: `meshwise funnel ${quoted} --unit ${unit}${from && ` ${from}`}`,
  };
}

function goalDocument(
  { place, score, needs }: Scored,
  { cases }: Follows,
  { ends }: Precedence,
  all: number,
  name: (place: number) => string,
): JourneyGoal {
  const own = cases[place] as number;
  const ending = (((ends[place] as number) / own) * 100).toFixed(0);
  const before = needs.map(name).slice(0, 3).join(", ");
  return {
    ...{ event: name(place), cases: own, share: own / all, score },
    because: `comes after ${before}; ${ending} % of its cases end with it`,
  };
}

function verdict(
  goals: readonly JourneyGoal[],
  funnels: readonly ProposedFunnel[],
  cases: number,
  { unit }: Trails,
): string {
  const [goal, funnel] = [goals[0], funnels[0]];
  if (!goal || !funnel) return `no goal stands out among ${cases} ${unit}s`;
  const share = funnel.rate === null ? "" : `, ${(funnel.rate * 100).toFixed(1)} % of those who begin that way`;
  return `${goal.cases} of ${cases} ${unit}s come to ${goal.event}${share}`;
}
