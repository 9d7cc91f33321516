// Why a service is asked less or more than usual. Causes lie upstream: who calls it, who calls those, and whether one of them is
// slow or fails. Pure.
import { counted } from "./amounts.ts";
import type { Answer, Finding } from "./answer.ts";
import { FEWEST, withoutEarlier, withoutRuns } from "./earlier.ts";
import { type Excess, excessOf } from "./excess.ts";
import type { Facts, Series, ServiceFacts, Symptom } from "./facts.ts";
import { chanceOf, sickness, UNSURE } from "./symptom.ts";
import { type Origin, origins } from "./upstream.ts";
import { iso, leftOut, percent } from "./words.ts";

/** Share of the usual requests: less is not worth waking anybody. */
const FLOOR = 0.2;
const EXPLAINS = 0.6;
const MOST_FINDINGS = 10;

const ASSUMPTIONS: Answer["assumptions"] = [
  "requests are counted as callers sent them, tries of the mesh apart",
  "who asks less while whom he asks, or he himself, has become slow or fails does so because of that",
];

/** Somebody on the way is slow or fails, which may be why there is less or more: ask about that too. */
export type Lead = { readonly service: string; readonly metric: Symptom["metric"]; readonly says: string };

export type Throughput = {
  readonly answer: Answer;
  /** of the first finding */
  readonly lead?: Lead;
};

type Turn = Excess & {
  readonly facts: Facts;
  readonly way: "more" | "less";
  readonly isUnusual: boolean;
};

/** The one of these services whose requests differ most from what is usual; undefined: there are none. */
export function mostUnusual(facts: Facts, services: readonly number[]): number | undefined {
  const turns = services.map((service) => ({ service, turn: turnOf(facts, service) }));
  const rank = ({ isUnusual, run }: Turn) => (isUnusual ? run.score : 0);
  return turns.sort((a, b) => rank(b.turn) - rank(a.turn))[0]?.service;
}

/** @param given of the running mesh, with who asked whom; @param called as in a symptom */
export function throughput(given: Facts, service: number, called?: string): Throughput {
  const turn = turnOf(given, service);
  const { facts, run, usual, way } = turn;
  const name = called ?? (facts.services[service] as ServiceFacts).name;
  const { left = [], times } = facts;
  const common = {
    schema: "meshwise.dev/answer/v1",
    asOf: iso(times.at(-1)),
    question: `is ${name} asked as much as usual`,
    window: { from: iso(times[facts.usual]), to: iso(times.at(-1)) },
    baseline: { from: iso(times[0]), to: iso(times[facts.usual - 1]), ...(left.length > 0 && { without: left }) },
    coverage: { missing: [] },
    assumptions: [...ASSUMPTIONS, ...left.map(leftOut)],
    ...{ findings: [], ruledOut: [], next: [] },
  } as const;
  if (given.usual < FEWEST || given.usual === given.times.length) {
    const verdict = `there are too few samples of ${name} to say what is usual and what is not`;
    return { answer: { ...common, state: "not-enough-data", confidence: "low", verdict } };
  }
  const observed = Math.max(0, usual + (way === "more" ? run.excess : -run.excess));
  const figures = `${round(observed)} requests in ${facts.intervalS} s, ${round(usual)} usually`;
  if (!turn.isUnusual) {
    const verdict = `${name} is asked as much as usual: ${figures}, where they differ most`;
    return { answer: { ...common, state: "nothing-wrong", confidence: "high", verdict } };
  }
  const all = origins(facts, service, run).slice(0, MOST_FINDINGS);
  const findings = all.map((origin, at) => findingOf(turn, origin, at + 1));
  const [first] = findings;
  const lead = all[0] && leadOf(turn, all[0]);
  const isExplained = (first?.explained ?? 0) >= EXPLAINS;
  const [verb, what] = way === "more" ? ["more", "more"] : ["less", "missing"];
  const asked = `${name} is asked ${verb} than usual, ${figures}`;
  return {
    answer: {
      ...common,
      ...{ findings, state: isExplained ? "explained" : first ? "partly" : "unexplained" },
      confidence: isExplained ? "high" : "medium",
      verdict: first ? `${asked}; ${percent(first.explained)} of what is ${what}: ${first.sentence}` : asked,
      ruledOut: ruledOut(facts, all[0], run),
    },
    ...(lead && { lead }),
  };
}

function turnOf(given: Facts, service: number): Turn {
  const look = (way: Turn["way"]): Turn => {
    const sign = way === "more" ? 1 : -1;
    const series = (of: Facts) => (of.services[service] as ServiceFacts).requests.map((one) => sign * counted(one));
    const usual = Math.abs(excessOf(series(given), given.usual, 1).usual);
    // requests come by chance: their number varies by its root at least
    const least = Math.max(1, Math.sqrt(usual));
    const floor = Math.max(1, Math.max(FLOOR, UNSURE / given.usual) * usual);
    const facts = withoutRuns(given, series(given), { least, floor });
    const excess = excessOf(series(facts), facts.usual, least);
    const isUnusual = excess.run.excess >= floor && excess.run.score >= excess.needed && chanceOf(excess).isSeldom;
    return { ...excess, usual: Math.abs(excess.usual), facts, way, isUnusual };
  };
  const [more, less] = [look("more"), look("less")];
  if (more.isUnusual !== less.isUnusual) return more.isUnusual ? more : less;
  return more.run.score > less.run.score ? more : less;
}

function findingOf({ facts, run, way }: Turn, origin: Origin, rank: number): Finding {
  const { caller, callee, kind, before, during, path, explained } = origin;
  const asked = (facts.services[callee] as ServiceFacts).name;
  const isOutside = facts.services.every(({ name }) => name !== caller);
  const often = `${caller} asks ${asked} ${round(during)} times`;
  return {
    rank,
    class: kind === "source" ? "load" : "service",
    subject: { service: isOutside ? asked : caller },
    since: iso(facts.times[run.from]),
    explained: round(explained),
    sentence:
      kind === "source"
        ? `${often} in ${facts.intervalS} s, ${round(before)} before, and nobody in the mesh asks it for ${way}`
        : `${often} for each of its own requests, ${round(before)} before`,
    evidence: [
      {
        claim:
          kind === "source"
            ? `${caller} → ${asked}, in ${facts.intervalS} s`
            : `${caller} → ${asked}, for each of its own`,
        ...{ metric: "requests", baseline: round(before), observed: round(during), unit: "requests" },
      },
    ],
    path: path.filter((name) => facts.services.some((one) => one.name === name)),
  };
}

/**
 * Who fails gives up before he asks; who waits longer asks less; who is failed asks again. A surge from outside needs no reason,
 * and what it breaks is its consequence.
 */
function leadOf({ facts, run, way }: Turn, { kind, caller, callee }: Origin): Lead | undefined {
  if (kind === "source" && way === "more") return undefined;
  const asked = facts.services[callee]?.name ?? "";
  const [service, says] =
    kind === "source" || way === "more"
      ? [asked, way === "more" ? `${caller} asks again` : `who waits for ${asked}, or is failed, asks less`]
      : [caller, `${caller} fails before it asks ${asked}`];
  const place = facts.services.findIndex(({ name }) => name === service);
  if (place < 0) return undefined;
  const metrics = kind === "source" ? (["availability", "latency"] as const) : (["availability"] as const);
  const metric = metrics.find((one) => {
    const symptom: Symptom = { service: place, metric: one, statistic: "mean", at: facts.times.at(-1) ?? 0 };
    const calm = withoutEarlier(facts, symptom);
    const { isWorse, run: worse } = sickness(calm, symptom);
    return isWorse && (calm.times[worse.from] as number) <= (facts.times[run.from] as number) + facts.intervalS;
  });
  return metric && { service, metric, says };
}

/** With what was found of the lead in the first place. */
export function led(answer: Answer, { says }: Lead, found: Answer): Answer {
  const [first] = answer.findings;
  const [cause, ...others] = found.findings;
  if (!first || !cause) return answer;
  const path = [...first.path.slice(0, first.path.indexOf(cause.path[0] ?? "")), ...cause.path];
  const findings = [{ ...cause, path, sentence: `${says}: ${cause.sentence}` }, ...others, first];
  return {
    ...found,
    ...{ question: answer.question, window: answer.window, baseline: answer.baseline },
    verdict: `${answer.verdict}; ${says}: ${found.verdict}`,
    confidence: found.confidence === "high" ? "medium" : found.confidence,
    findings: findings.map((one, at) => ({ ...one, rank: at + 1 })),
    assumptions: [...answer.assumptions, ...found.assumptions],
  };
}

/** Who is not asked more or less from outside does not have more or fewer visitors. */
function ruledOut(facts: Facts, origin: Origin | undefined, { from, length }: Excess["run"]): Answer["ruledOut"] {
  if (!origin || origin.kind === "source") return [];
  const place = facts.services.findIndex(({ name }) => name === origin.caller);
  const own = facts.services[place]?.requests as Series;
  const mean = (some: Series) => round(some.reduce((sum, one) => sum + counted(one), 0) / Math.max(1, some.length));
  const [before, during] = [mean(own.subarray(0, facts.usual)), mean(own.subarray(from, from + length))];
  return [
    { class: "load", because: `requests to ${origin.caller} itself: ${before} → ${during} in ${facts.intervalS} s` },
  ];
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
