// The ways that visitors take, how many come through a funnel, and why the others do not.
import { declaredFunnel, readSteps } from "../../analysis/journeys/funnel/definition.ts";
import type { Attribution } from "../../analysis/journeys/funnel/segments.ts";
import { besideDeployments, type MarkedChange, withoutFindings } from "../../analysis/journeys/visits/answers.ts";
import type { Answered, AskedFunnel, JourneyQuestion, Refusal } from "../../analysis/journeys/visits/asked.ts";
import type { DeclaredJourney } from "../../model/journey.ts";
import type { VisitTable } from "../../model/visits.ts";
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
  async ask(deps, query) {
    const answer = await asked(deps, tableIn(deps, query), { about: "ways" });
    const declared = deps.observatory.journeys().map(({ name, steps }) => ({ name, steps }));
    return { ...answer, declared };
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
  async ask(deps, { by: attribute, at, reentry, ...query }) {
    const { name, funnel } = askedFunnel(deps, { ...query, reentry });
    const by = attribute === undefined ? undefined : { attribute, by: at ?? "first" };
    const answer = await asked(deps, tableIn(deps, query), { about: "funnel", funnel, by });
    return { ...answer, name, changes: changesIn(deps, windowIn(deps, query)) };
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
    const { name, funnel } = askedFunnel(deps, query);
    const table = tableIn(deps, query);
    const window = windowIn(deps, query);
    const changes = changesIn(deps, window);
    const deployedMs = changes.filter(({ kind }) => kind === "deployment").map(({ time }) => Date.parse(time));
    const { loss, seen, isWeak } = await asked(deps, table, { about: "loss", funnel, step, deployedMs });
    const answer = besideDeployments(loss, changes);
    const around = { name, seen, changes };
    if (isWeak) return { ...withoutFindings(answer), ...around, why: null };
    return { ...answer, ...around, why: await handOver(deps, table, answer, window) };
  },
});

async function asked<Asked extends JourneyQuestion>(
  { journeys }: QuestionDeps,
  table: VisitTable,
  question: Asked,
): Promise<Exclude<Answered<Asked["about"]>, Refusal>> {
  const answer = await journeys(table, question);
  if (answer && "wrong" in answer) throw invalid(answer.wrong);
  return answer as Exclude<Answered<Asked["about"]>, Refusal>;
}

type WindowQuery = Parameters<typeof givenWindow>[0];

/** All of the last day when nothing is said. */
function windowIn({ clock }: QuestionDeps, query: WindowQuery): Window {
  const nowUs = clock.nowUs();
  return givenWindow(query, nowUs) ?? { fromUs: nowUs - DAY_US, toUs: nowUs };
}

function tableIn(deps: QuestionDeps, query: WindowQuery): VisitTable {
  const { fromUs, toUs } = windowIn(deps, query);
  return deps.observatory.visits(fromUs, toUs);
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
function askedFunnel(
  { observatory }: QuestionDeps,
  query: FunnelQuery,
): { readonly name: string | null; readonly funnel: AskedFunnel } {
  if (query.name !== undefined && query.steps !== undefined) throw invalid("name and steps exclude each other");
  const declared = query.steps ? undefined : declaredOf(observatory.journeys(), query.name);
  const base = declaredFunnel(declared ?? { ...PLAIN, steps: query.steps ?? [] });
  return {
    name: declared?.name ?? null,
    funnel: {
      steps: declared || query.steps ? base.steps : "found",
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

function changesIn({ observatory }: QuestionDeps, window: Window): MarkedChange[] {
  const { rows } = observatory.queries.changes(window, {});
  return rows.slice(-MOST_CHANGES).map(changeRow);
}

function readAttribution(text: string): Attribution {
  if (text === "first" || text === "last") return text;
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw invalid(`at must be first, last or the number of a step, not ${text}`);
}
