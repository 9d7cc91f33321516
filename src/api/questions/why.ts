// Why a service is slow or fails, or what is wrong with the mesh.

import type { LedgerFacts } from "../../analysis/ledger/ledger.ts";
import type { Answer, Finding } from "../../analysis/why/answer.ts";
import { withEvidence } from "../../analysis/why/classify.ts";
import { isFor } from "../../analysis/why/contrast/decisive.ts";
import { entriesOf, factsOf, gravestOf, worstOf } from "../../analysis/why/course.ts";
import { type Calls, descended, waitOf } from "../../analysis/why/descend.ts";
import { evidenceOf, type Material } from "../../analysis/why/evidence.ts";
import type { Facts, Symptom } from "../../analysis/why/facts.ts";
import { isFree } from "../../analysis/why/free.ts";
import type { Known } from "../../analysis/why/suspects.ts";
import { why as causes } from "../../analysis/why/why.ts";
import { learning, nothingSeen } from "../../analysis/why/words.ts";
import type { Course } from "../../model/tally.ts";
import type { Window } from "../../observatory/query/figures.ts";
import { isNamed } from "../../observatory/query/named.ts";
import { changeRow } from "../answer.ts";
import { invalid, parameter, readDuration, service, windowFields, windowOf } from "../parameters.ts";
import { type QuestionDeps, question } from "../question.ts";
import { whyAnswer } from "../schema/why.ts";
import { ledgerFacts } from "./ledger.ts";

const MINUTES_15_US = 900e6;
/** the baseline is so many times as long as the window unless said, if so much is known */
const BASELINES = 3;
const USUAL_LEAST_US = 90e6;
/** so many services are cleared before what is found is told */
const MOST_CLEARED = 4;
const METRICS = { latency: "latency", errors: "availability" } as const;

export const why = question({
  path: "/why",
  summary: "Why a service is slow or fails: causes and what speaks for them, or that nothing is wrong",
  parameters: {
    ...windowFields,
    service: service(
      "whose callers are not content; the worst of those called from outside, or else of all, when not given",
    ),
    metric: parameter("`latency` or `errors`; the worse of the two when not given", "latency", readMetric),
    baseline: parameter(
      "how long before the window is what is usual; three times the window when not given",
      "10m",
      (text) => readDuration("baseline", text),
    ),
  },
  answer: whyAnswer,
  async ask(deps, { service, metric, baseline: usualUs, ...query }) {
    const nowUs = deps.clock.nowUs();
    const isGiven = Object.values(query).some((value) => value !== undefined);
    const window = isGiven ? windowOf(query, nowUs) : { fromUs: nowUs - MINUTES_15_US, toUs: nowUs };
    return whyOf(deps, { service, metric, window, usualUs });
  },
});

export type WhyOf = {
  /** undefined: the worst of those called from outside */
  readonly service: string | undefined;
  /** undefined: the worse of the two */
  readonly metric: Symptom["metric"] | undefined;
  readonly window: Window;
  /** how long before the window is the baseline; undefined: BASELINES of it */
  readonly usualUs?: number | undefined;
};

/** @throws MeshError question_invalid when nobody called the service in this time */
export async function whyOf(deps: QuestionDeps, { service, metric, window, usualUs }: WhyOf): Promise<Answer> {
  const { fromUs, toUs } = window;
  const seen = { fromUs: fromUs - (usualUs ?? BASELINES * (toUs - fromUs)), toUs };
  const course = await deps.observatory.queries.course(seen);
  const facts = factsOf(course, fromUs / 1e6);
  const symptom = symptomOf(course, facts, service, metric);
  if (!symptom) return nothingSeen(window);
  return await reconsidered(deps, course, { ...seen, metric: symptom.metric }, (known) =>
    causes(facts, symptom, known),
  );
}

/** What is seen of the first suspect may clear it; then another one is the first. */
async function reconsidered(
  deps: QuestionDeps,
  course: Course,
  seen: Seen,
  ask: (known: Known) => Answer,
): Promise<Answer> {
  const free = new Set<string>();
  const cleared = new Map<string, string>();
  for (;;) {
    const answer = ask({ free, cleared });
    const [first] = answer.findings;
    if (!first) return learning(answer);
    const periods = periodsOf(first, seen);
    const evidence = evidenceOf(await materialFor(deps, course, first, { ...seen, ...periods }));
    const [caller, suspect] = first.path.slice(-2);
    if (cleared.size + free.size >= MOST_CLEARED) return await deepest(deps, course, seen, answer);
    if (caller && suspect && isFor(caller, evidence.contrast) && !cleared.has(suspect)) {
      cleared.set(suspect, caller);
      continue;
    }
    const more = (await freeOf(deps, answer, periods)).filter((service) => !free.has(service));
    if (more.length === 0) return await deepest(deps, course, seen, answer);
    for (const service of more) free.add(service);
  }
}

/** From the first suspect on to whom its requests wait for, by its ledger, and so on, as far as that is known. */
async function deepest(
  deps: QuestionDeps,
  course: Course,
  seen: Seen,
  answer: Answer,
  caller?: string,
): Promise<Answer> {
  const [first] = answer.findings;
  if (!first) return answer;
  const { before, during, ...rest } = await materialFor(deps, course, first, { ...seen, ...periodsOf(first, seen) });
  const by = (facts: LedgerFacts): LedgerFacts => {
    return caller === undefined
      ? facts
      : { ...facts, requests: facts.requests.filter(({ source }) => source === caller) };
  };
  const material = { before: by(before), during: by(during), ...rest };
  const evidence = evidenceOf(material);
  const isTime = seen.metric === "latency" && evidence.change === undefined;
  const wait = isTime ? waitOf(evidence, callsOf(material)) : undefined;
  const isIn = wait && course.services.some(({ name, namespace }) => name === wait.callee && namespace !== "");
  if (!wait || !isIn || first.path.includes(wait.callee)) return withEvidence(answer, evidence);
  return await deepest(deps, course, seen, descended(answer, wait), first.subject.service);
}

function callsOf({ before, during }: Pick<Material, "before" | "during">): Calls {
  const perRequest = ({ requests, calls }: LedgerFacts, callee: string) =>
    calls.filter(({ destination }) => destination === callee).length / Math.max(1, requests.length);
  const callees = new Set(during.calls.map(({ destination }) => destination));
  return new Map(
    [...callees].map((one) => [one, { before: perRequest(before, one), during: perRequest(during, one) }]),
  );
}

function readMetric(text: string): Symptom["metric"] {
  const found = Object.entries(METRICS).find(([name]) => name === text)?.[1];
  if (!found) throw invalid(`metric must be latency or errors, not ${text}`);
  return found;
}

/** What is asked about; undefined: nobody has called anybody. */
function symptomOf(
  course: Course,
  facts: Facts,
  asked: string | undefined,
  metric: Symptom["metric"] | undefined,
): Symptom | undefined {
  const named = course.services.flatMap(({ name, namespace }, at) => (isNamed(asked, name, namespace) ? [at] : []));
  const all = course.services.flatMap(({ namespace }, at) => (namespace === "" ? [] : [at]));
  const looked = asked === undefined ? entriesOf(course) : named;
  if (asked !== undefined && looked.length === 0) throw invalid(`nobody called ${asked} in this time`);
  const metrics = metric ? [metric] : Object.values(METRICS);
  const worst = worstOf(facts, looked, metrics) ?? (asked === undefined ? gravestOf(facts, all, metrics) : undefined);
  if (worst) return worst;
  const requests = (at: number) => facts.services[at]?.requests.reduce((sum, value) => sum + (value || 0), 0) ?? 0;
  const [busiest] = looked.toSorted((a, b) => requests(b) - requests(a));
  if (busiest === undefined) return undefined;
  return { service: busiest, metric: metric ?? "latency", statistic: "mean", at: facts.times.at(-1) ?? 0 };
}

type Seen = Window & Pick<Symptom, "metric">;
type Periods = { readonly usual: Window; readonly now: Window };

/** since it began, and as long before that, or as long as it takes to see a version before the one that did it */
function periodsOf({ since }: Finding, { fromUs, toUs }: Seen): Periods {
  const sinceUs = Date.parse(since) * 1000;
  const usualUs = Math.max(USUAL_LEAST_US, toUs - sinceUs);
  return {
    usual: { fromUs: Math.max(fromUs, sinceUs - usualUs), toUs: sinceUs },
    now: { fromUs: sinceUs, toUs },
  };
}

async function materialFor(
  { observatory }: QuestionDeps,
  { stepSeconds }: Course,
  { subject: { service }, since }: Finding,
  { usual, now, metric, ...seen }: Seen & Periods,
): Promise<Material> {
  const [before, during] = await Promise.all([
    ledgerFacts(observatory, service, usual),
    ledgerFacts(observatory, service, now),
  ]);
  const changes = observatory.queries.changes(seen, {}).rows.map(changeRow);
  return { before: before.facts, during: during.facts, metric, since, changes, stepSeconds };
}

/** Who adds more than the first suspect, is said to be held up by it, and is not, by his own ledger. */
async function freeOf(deps: QuestionDeps, { findings }: Answer, { usual, now }: Periods): Promise<string[]> {
  const [first] = findings;
  const added = ({ evidence: [all] }: Finding) => (all ? all.observed - all.baseline : 0);
  const above = findings.filter((one) => {
    return first?.path.slice(0, -1).includes(one.subject.service) && added(one) > added(first);
  });
  const found = await Promise.all(
    above.map(async ({ subject: { service } }) => {
      const callee = first?.path[first.path.indexOf(service) + 1] ?? "";
      const [before, during] = await Promise.all([
        ledgerFacts(deps.observatory, service, usual),
        ledgerFacts(deps.observatory, service, now),
      ]);
      return isFree(before.facts, during.facts, callee) ? [service] : [];
    }),
  );
  return found.flat();
}
