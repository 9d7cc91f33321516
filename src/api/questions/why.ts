// Why a service is slow or fails, or what is wrong with the mesh.
import type { Answer } from "../../analysis/why/answer.ts";
import { withEvidence } from "../../analysis/why/classify.ts";
import { entriesOf, factsOf, worstOf } from "../../analysis/why/course.ts";
import { evidenceOf, type Material } from "../../analysis/why/evidence.ts";
import type { Facts, Symptom } from "../../analysis/why/facts.ts";
import { why as causes } from "../../analysis/why/why.ts";
import { learning, nothingSeen } from "../../analysis/why/words.ts";
import type { Course } from "../../model/tally.ts";
import type { Window } from "../../observatory/query/figures.ts";
import { isNamed } from "../../observatory/query/named.ts";
import { changeRow } from "../answer.ts";
import { invalid, parameter, service, windowFields, windowOf } from "../parameters.ts";
import { type QuestionDeps, question } from "../question.ts";
import { whyAnswer } from "../schema/why.ts";
import { ledgerFacts } from "./ledger.ts";

const MINUTES_15_US = 900e6;
/** the baseline is so many times as long as the window, if so much is known */
const BASELINES = 3;
const METRICS = { latency: "latency", errors: "availability" } as const;

export const why = question({
  path: "/why",
  summary: "Why a service is slow or fails: causes and what speaks for them, or that nothing is wrong",
  parameters: {
    ...windowFields,
    service: service("whose callers are not content; the worst of those called from outside when not given"),
    metric: parameter("`latency` or `errors`; the worse of the two when not given", "latency", readMetric),
  },
  answer: whyAnswer,
  async ask(deps, { service, metric, ...query }) {
    const nowUs = deps.clock.nowUs();
    const isGiven = Object.values(query).some((value) => value !== undefined);
    const window = isGiven ? windowOf(query, nowUs) : { fromUs: nowUs - MINUTES_15_US, toUs: nowUs };
    return whyOf(deps, { service, metric, window });
  },
});

export type WhyOf = {
  /** undefined: the worst of those called from outside */
  readonly service: string | undefined;
  /** undefined: the worse of the two */
  readonly metric: Symptom["metric"] | undefined;
  readonly window: Window;
};

/** @throws MeshError question_invalid when nobody called the service in this time */
export async function whyOf(deps: QuestionDeps, { service, metric, window }: WhyOf): Promise<Answer> {
  const { observatory } = deps;
  const seen = { fromUs: window.fromUs - BASELINES * (window.toUs - window.fromUs), toUs: window.toUs };
  const course = await observatory.queries.course(seen);
  const facts = factsOf(course, window.fromUs / 1e6);
  const symptom = symptomOf(course, facts, service, metric);
  if (!symptom) return nothingSeen(window);
  const answer = causes(facts, symptom);
  const material = await materialFor(deps, course, answer, { ...seen, metric: symptom.metric });
  return material ? withEvidence(answer, evidenceOf(material)) : learning(answer);
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
  const looked = asked === undefined ? entriesOf(course) : named;
  if (asked !== undefined && looked.length === 0) throw invalid(`nobody called ${asked} in this time`);
  const worst = worstOf(facts, looked, metric ? [metric] : Object.values(METRICS));
  if (worst) return worst;
  const requests = (at: number) => facts.services[at]?.requests.reduce((sum, value) => sum + (value || 0), 0) ?? 0;
  const [busiest] = looked.toSorted((a, b) => requests(b) - requests(a));
  if (busiest === undefined) return undefined;
  return { service: busiest, metric: metric ?? "latency", statistic: "mean", at: facts.times.at(-1) ?? 0 };
}

/** Of the first suspect; undefined: there is none. */
async function materialFor(
  { observatory }: QuestionDeps,
  { stepSeconds }: Course,
  { findings: [first] }: Answer,
  { metric, ...seen }: Window & Pick<Symptom, "metric">,
): Promise<Material | undefined> {
  if (!first) return undefined;
  const { service } = first.subject;
  const sinceUs = Date.parse(first.since) * 1000;
  const usual = { fromUs: Math.max(seen.fromUs, sinceUs - (seen.toUs - sinceUs)), toUs: sinceUs };
  const [before, during] = await Promise.all([
    ledgerFacts(observatory, service, usual),
    ledgerFacts(observatory, service, { fromUs: sinceUs, toUs: seen.toUs }),
  ]);
  const changes = observatory.queries.changes(seen, { service }).rows.map(changeRow);
  return { before: before.facts, during: during.facts, metric, changes, stepSeconds };
}
