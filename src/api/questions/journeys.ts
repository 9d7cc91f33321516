// The ways that visitors take, how many come through a funnel, and why the others do not.
import { journeysOf } from "../../analysis/journeys/discovery/discover.ts";
import type { JourneysAnswer } from "../../analysis/journeys/discovery/types.ts";
import {
  declaredFunnel,
  type FunnelDefinition,
  readSteps,
  unknownSteps,
} from "../../analysis/journeys/funnel/definition.ts";
import { funnelOf } from "../../analysis/journeys/funnel/funnel.ts";
import type { Attribution } from "../../analysis/journeys/funnel/segments.ts";
import type { EventLog } from "../../analysis/journeys/log.ts";
import { withoutTries, withTriesApart } from "../../analysis/journeys/tries.ts";
import {
  besideDeployments,
  type MarkedChange,
  seenOf,
  withoutFindings,
  withoutSignificance,
} from "../../analysis/journeys/visits/answers.ts";
import { rolesOf } from "../../analysis/journeys/why/roles.ts";
import { lossOf } from "../../analysis/journeys/why/why.ts";
import { systemRandom } from "../../base/random.ts";
import type { DeclaredJourney } from "../../model/journey.ts";
import type { Window } from "../../observatory/query/figures.ts";
import { changeRow } from "../answer.ts";
import { handOver } from "../hand-over.ts";
import {
  countParameter,
  flagParameter,
  givenWindow,
  invalid,
  oneOf,
  parameter,
  readDuration,
  windowFields,
} from "../parameters.ts";
import { type QuestionDeps, question } from "../question.ts";
import { funnelAnswer, journeysAnswer, lossAnswer } from "../schema/journeys.ts";
import { type Seen, visitLog } from "../visit-log.ts";

const DAY_US = 86_400e6;
const MOST_CHANGES = 50;

const funnelFields = {
  ...windowFields,
  name: parameter(
    "of a declared journey; without name and steps the first that is declared, or else found",
    "purchase",
    String,
  ),
  steps: parameter("routes with ' > ' between", "GET /product/{id} > POST /cart", (text) => {
    const steps = readSteps(text);
    if ("wrong" in steps) throw invalid(`the funnel ${steps.wrong}`);
    return steps;
  }),
  order: parameter(
    "`ordered`, `strict` (nothing between) or `any`",
    "ordered",
    oneOf("order", ["ordered", "strict", "any"]),
  ),
  unit: parameter("whose chance it is: `visitor` or `session`", "session", oneOf("unit", ["visitor", "session"])),
  within: parameter("from the first step to the last", "30m", (text) => readDuration("within", text) / 1000),
  exclude: parameter("no such event between steps; several with ' , ' between", "GET /help", (text) =>
    text.split(" , ").map((event) => ({ event: event.trim() })),
  ),
};

export const journeys = question({
  path: "/journeys",
  summary: "The ways that visitors take through the entry services, what they come for, and funnels worth looking at",
  parameters: windowFields,
  answer: journeysAnswer,
  ask(deps, query) {
    const seen = seenIn(deps, query);
    const answer = waysIn(seen.visits.log);
    const declared = deps.observatory.journeys().map(({ name, steps }) => ({ name, steps }));
    return { ...answer, seen: seenOf(seen.table, seen.visits), declared };
  },
});

export const funnel = question({
  path: "/funnel",
  summary: "How many come through steps one after the other, and where they are lost",
  parameters: {
    ...funnelFields,
    reentry: flagParameter("reentry", "count each attempt, and not the best one"),
    by: parameter(
      "split by `version`, `browser`, `device`, `entry`, `arrival`, `visitor`, `item`, …",
      "browser",
      String,
    ),
    at: parameter("whose value: `first`, `last`, or the number of a step", "first", readAttribution),
  },
  answer: funnelAnswer,
  ask(deps, { by, at, reentry, ...query }) {
    const seen = seenIn(deps, query);
    const { log, isWeak } = seen.visits;
    const { name, definition } = definitionOf(deps, seen, { ...query, reentry });
    const marked = withTriesApart(log, rolesOf(log).undone);
    const answer = funnelOf(marked, definition, by === undefined ? undefined : { attribute: by, by: at ?? "first" });
    if ("wrong" in answer) throw invalid(`the funnel ${answer.wrong}`);
    const around = { name, seen: noted(seen, definition), changes: changesIn(deps, windowIn(deps, query)) };
    return { ...(isWeak ? withoutSignificance(answer) : answer), ...around };
  },
});

export const funnelWhy = question({
  path: "/funnel/why",
  summary: "Why visitors are lost after a step: what they met, or that it is not technical, or that nobody can say yet",
  parameters: {
    ...funnelFields,
    step: countParameter("step", "after which they are lost; as the answer chooses, when not given", {
      least: 1,
      most: 29,
    }),
  },
  answer: lossAnswer,
  async ask(deps, { step, ...query }) {
    const seen = seenIn(deps, query);
    const { name, definition } = definitionOf(deps, seen, query);
    const found = lossOf(seen.visits.log, { ...definition, reentry: "once" }, step, systemRandom());
    if ("wrong" in found) throw invalid(`the funnel ${found.wrong}`);
    const window = windowIn(deps, query);
    const changes = changesIn(deps, window);
    const answer = besideDeployments(found, changes);
    const around = { name, seen: noted(seen, definition), changes };
    if (seen.visits.isWeak) return { ...withoutFindings(answer), ...around, why: null };
    return { ...answer, ...around, why: await handOver(deps, seen.table, answer, window) };
  },
});

const found = new WeakMap<EventLog, JourneysAnswer>();

/** Once of each log, as long as it is there: of two million requests this takes a second, and nobody else is answered in it. */
function waysIn(log: EventLog): JourneysAnswer {
  const ways = found.get(log) ?? journeysOf(withoutTries(log, rolesOf(log).undone));
  found.set(log, ways);
  return ways;
}

type WindowQuery = Parameters<typeof givenWindow>[0];

/** All of the last day when nothing is said. */
function windowIn({ clock }: QuestionDeps, query: WindowQuery): Window {
  const nowUs = clock.nowUs();
  return givenWindow(query, nowUs) ?? { fromUs: nowUs - DAY_US, toUs: nowUs };
}

function seenIn(deps: QuestionDeps, query: WindowQuery): Seen {
  return visitLog(deps.observatory, deps.clock, windowIn(deps, query));
}

type FunnelQuery = {
  readonly name?: string | undefined;
  readonly steps?: readonly string[] | undefined;
  readonly order?: DeclaredJourney["order"] | undefined;
  readonly unit?: DeclaredJourney["unit"] | undefined;
  readonly within?: number | undefined;
  readonly exclude?: readonly { readonly event: string }[] | undefined;
  readonly reentry?: boolean | undefined;
};

/** What is asked: steps, or a declared journey, or what is found; what else is said of it changes that. */
function definitionOf(
  { observatory }: QuestionDeps,
  { visits }: Seen,
  query: FunnelQuery,
): { readonly name: string | null; readonly definition: FunnelDefinition } {
  if (query.name !== undefined && query.steps !== undefined) throw invalid("name and steps exclude each other");
  const declared = query.steps ? undefined : declaredOf(observatory.journeys(), query.name);
  const base = declared
    ? declaredFunnel(declared)
    : declaredFunnel({ ...PLAIN, steps: query.steps ?? foundSteps(visits) });
  return {
    name: declared?.name ?? null,
    definition: {
      ...base,
      order: query.order ?? base.order,
      unit: query.unit ?? base.unit,
      windowMs: query.within ?? base.windowMs,
      exclusions: query.exclude ?? base.exclusions,
      reentry: query.reentry ? "every" : base.reentry,
    },
  };
}

/** a journey of which nothing but its steps is said */
const PLAIN = { name: "", order: "ordered", unit: "session", exclude: [], reentry: false } as const;

function declaredOf(all: readonly DeclaredJourney[], name: string | undefined): DeclaredJourney | undefined {
  if (name === undefined) return all[0];
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const there =
    all.length > 0
      ? `there ${all.length === 1 ? "is" : "are"} ${all.map(({ name }) => name).join(", ")}`
      : "none is declared";
  throw invalid(`no journey is called ${name}; ${there}`);
}

function foundSteps({ log }: Seen["visits"]): readonly string[] {
  const [best] = journeysOf(withoutTries(log, rolesOf(log).undone)).funnels;
  if (!best) throw invalid("no goal stands out in what visitors did so far: say which steps are meant");
  return best.steps;
}

/** Steps that nobody took are a mistake in a name more often than not. */
function noted(seen: Seen, { steps, exclusions }: FunnelDefinition): ReturnType<typeof seenOf> {
  const { names } = seen.visits.log;
  const document = seenOf(seen.table, seen.visits);
  const unknown = unknownSteps(names, [...steps, ...exclusions.map(({ event }) => event)]);
  if (unknown.length === 0) return document;
  const known = names.slice(0, 8).join(", ");
  const notes = unknown.map((step) => `nobody asked for ${step}; asked for was ${known || "nothing"}`);
  return { ...document, notes: [...notes, ...document.notes] };
}

function changesIn({ observatory }: QuestionDeps, window: Window): MarkedChange[] {
  const { rows } = observatory.queries.changes(window, {});
  return rows.slice(-MOST_CHANGES).map(changeRow);
}

function readAttribution(text: string): Attribution {
  if (text === "first" || text === "last") return text;
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw invalid(`at must be first, last or the number of a step, not ${text}`);
}
