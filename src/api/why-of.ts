// Asks for causes, and looks closer at whom they name: what is seen of a suspect may clear it, or lead on to another.
import type { LedgerFacts } from "../analysis/ledger/ledger.ts";
import type { Answer, ChangeLine, Finding, Period } from "../analysis/why/answer.ts";
import { BESIDE_US, FIRST_US } from "../analysis/why/behind.ts";
import { type Evidence, withEvidence } from "../analysis/why/classify.ts";
import { isFor } from "../analysis/why/contrast/decisive.ts";
import { entriesOf, factsOf, gravestOf, seenSteps, worstOf, youngTrouble } from "../analysis/why/course.ts";
import { type Calls, descended, queuesOf, type Wait, waitOf } from "../analysis/why/descend.ts";
import { evidenceOf, type Material, nearOf } from "../analysis/why/evidence.ts";
import type { Facts, Symptom } from "../analysis/why/facts.ts";
import { isFree } from "../analysis/why/free.ts";
import { hostTrouble, isPressed, servicesOn, withHost } from "../analysis/why/host.ts";
import { pathsFrom, withUneven } from "../analysis/why/siblings.ts";
import type { Known } from "../analysis/why/suspects.ts";
import { led, mostUnusual, throughput } from "../analysis/why/throughput.ts";
import { unevenOf } from "../analysis/why/uneven.ts";
import type { Use } from "../analysis/why/use.ts";
import { why as causes } from "../analysis/why/why.ts";
import { learning, nothingSeen } from "../analysis/why/words.ts";
import type { SeenExchange } from "../model/figures.ts";
import { HOST_SERVICE } from "../model/looked.ts";
import type { Course } from "../model/tally.ts";
import type { Window } from "../observatory/query/figures.ts";
import { isNamed } from "../observatory/query/named.ts";
import { changeRow } from "./answer.ts";
import { invalid } from "./parameters.ts";
import type { QuestionDeps } from "./question.ts";
import { ledgerFacts, requestsOf } from "./questions/ledger.ts";

/** the baseline is so many times as long as the window unless said, if so much is known */
const BASELINES = 3;
/** and so long at least: of a short window three times would be too few samples */
const BASELINE_LEAST_US = 300e6;
const USUAL_LEAST_US = 90e6;
/** so much after an earlier trouble is enough to know what is usual from */
const CALM_LEAST_US = 30e6;
/** so many services are cleared before what is found is told */
const MOST_CLEARED = 4;
/** so many services, the nearest first, are asked how even their replicas are */
const MOST_UNEVEN = 4;
/** by the names that people ask with */
export const METRICS = { latency: "latency", errors: "availability", throughput: "throughput" } as const;
export type Metric = (typeof METRICS)[keyof typeof METRICS];

export type WhyOf = {
  /** undefined: the worst of those called from outside */
  readonly service: string | undefined;
  /** undefined: the worse of latency and availability */
  readonly metric: Metric | undefined;
  readonly window: Window;
  /** how long before the window is the baseline; undefined: BASELINES of it, or five minutes */
  readonly usualUs?: number | undefined;
};

/** @throws MeshError question_invalid when nobody called the service in this time */
export async function whyOf(deps: QuestionDeps, asked: WhyOf): Promise<Answer> {
  const { service, metric, window, usualUs } = asked;
  const { fromUs, toUs } = window;
  const seen = { fromUs: fromUs - (usualUs ?? Math.max(BASELINES * (toUs - fromUs), BASELINE_LEAST_US)), toUs };
  const course = await courseOf(deps, seen);
  const facts = factsOf(course, fromUs / 1e6, incidentsOf(deps, window));
  if (metric === "throughput") {
    const place = mostUnusual(facts, lookedAt(course, service));
    return place === undefined ? nothingSeen(window) : await throughputOf(deps, asked, facts, place);
  }
  const found = troubleOf(course, facts, fromUs / 1e6, { service, metric });
  if (!found) return nothingSeen(window);
  const asking: Seen = { ...seen, metric: found.symptom.metric };
  const named = await reconsidered(deps, course, asking, (known) => causes(found.facts, found.symptom, known));
  const target = found.facts.services[found.symptom.service]?.name ?? "";
  const answer = await besideSiblings(deps, course, { ...asking, fromUs, usualFromUs: seen.fromUs }, named, target);
  return await besideHost(deps, course, { ...asking, left: answer.baseline.without ?? [] }, answer);
}

/** In steps as short as what is known allows: of most of that time it may be nothing, as after a start beside an old store. */
async function courseOf({ observatory: { queries } }: QuestionDeps, seen: Window): Promise<Course> {
  const course = await queries.course(seen);
  const [first = 0] = seenSteps(course);
  if (first < course.startsS.length / 2) return course;
  return await queries.course({ ...seen, fromUs: 1e6 * (course.startsS[first] as number) });
}

/** Many services are slow at once when their host is short of something: then it is the fault of none of them. */
async function besideHost({ observatory }: QuestionDeps, { services }: Course, seen: Seen, answer: Answer) {
  const [first] = answer.findings;
  if (!first || seen.metric !== "latency") return answer;
  const { usual, now } = periodsOf(first, seen);
  const takenBy = async (name: string): Promise<Use> => {
    const [before, during] = await Promise.all([usual, now].map((one) => observatory.queries.used(name, one)));
    return { name, before: before ?? [], during: during ?? [] };
  };
  const host = await takenBy(HOST_SERVICE);
  if (!isPressed(host)) return answer;
  const own = servicesOn(services, observatory.queries.workloads().rows).map(takenBy);
  const trouble = hostTrouble(host, await Promise.all(own));
  return trouble ? withHost(answer, trouble) : answer;
}

/** Of a service that is as usual, one of several replicas, its own or of whom it asks, may be all the less well. */
async function besideSiblings(
  deps: QuestionDeps,
  course: Course,
  { fromUs, toUs, metric, usualFromUs }: Seen & { readonly usualFromUs: number },
  answer: Answer,
  target: string,
): Promise<Answer> {
  if (answer.state !== "nothing-wrong" || metric !== "latency") return answer;
  const { rows } = deps.observatory.queries.workloads();
  // of an old store nobody says how many there are
  const ofService = (service: string) => rows.filter((one) => one.service === service);
  const mayDiffer = (service: string) => rows.length === 0 || ofService(service).length > 1;
  const isThere = (workload: string) => rows.length === 0 || rows.some(({ id }) => id === workload);
  const paths = pathsFrom(course, target).filter((path) => mayDiffer(path.at(-1) as string));
  const found = await Promise.all(
    paths.slice(0, MOST_UNEVEN).map(async (path) => {
      const service = path.at(-1) as string;
      const [before, during] = await Promise.all([
        requestsOf(deps.observatory, service, { fromUs: usualFromUs, toUs: fromUs }),
        requestsOf(deps.observatory, service, { fromUs, toUs }),
      ]);
      const one = unevenOf(before.rows, during.rows, isThere);
      return one ? [{ one, path }] : [];
    }),
  );
  const [worst] = found.flat().sort((a, b) => b.one.time - a.one.time);
  if (!worst) return answer;
  const told = withUneven(answer, worst.one, worst.path);
  const seen = { fromUs: usualFromUs, toUs, metric };
  const { evidence } = await lookAt(deps, course, told.findings[0] as Finding, seen);
  return withEvidence(told, evidence);
}

/** Those that began before the window: from when their cause was found to begin, to when they closed. */
function incidentsOf({ watch }: QuestionDeps, { fromUs, toUs }: Window): Period[] {
  return (watch?.incidents() ?? []).flatMap(({ opened, closed, why }) => {
    const from = [opened, ...(why?.findings.slice(0, 1) ?? []).map(({ since }) => since)].sort()[0] as string;
    return Date.parse(from) * 1000 < fromUs ? [{ from, to: closed ?? new Date(toUs / 1000).toISOString() }] : [];
  });
}

/** What is seen of the first suspect may clear it; then another one is the first. */
async function reconsidered(
  deps: QuestionDeps,
  course: Course,
  asked: Seen,
  ask: (known: Known) => Answer,
): Promise<Answer> {
  const free = new Set<string>();
  const cleared = new Map<string, string>();
  for (;;) {
    const answer = ask({ free, cleared });
    const seen = { ...asked, left: answer.baseline.without ?? [] };
    const [first] = answer.findings;
    if (!first) return learning(answer);
    const looked = await lookAt(deps, course, first, seen);
    const [caller, suspect] = first.path.slice(-2);
    if (cleared.size + free.size >= MOST_CLEARED) return await deepest(deps, course, seen, answer, looked);
    if (caller && suspect && isFor(caller, looked.evidence.contrast) && !cleared.has(suspect)) {
      cleared.set(suspect, caller);
      continue;
    }
    const more = (await freeOf(deps, course, seen, answer)).filter((service) => !free.has(service));
    if (more.length === 0) return await deepest(deps, course, seen, answer, looked);
    for (const service of more) free.add(service);
  }
}

/** From the first suspect on to whom its requests wait for, by its ledger, and so on, as far as that is known. */
async function deepest(
  deps: QuestionDeps,
  course: Course,
  seen: Seen,
  answer: Answer,
  { material, evidence }: Looked,
): Promise<Answer> {
  const [first] = answer.findings;
  if (!first || seen.metric !== "latency" || evidence.change !== undefined) return withEvidence(answer, evidence);
  const isKnown = ({ callee }: Wait) =>
    course.services.some(({ name, namespace }) => name === callee && namespace !== "") && !first.path.includes(callee);
  const further = async (wait: Wait) => {
    const told = descended(answer, wait);
    return { told, looked: await lookAt(deps, course, told.findings[0] ?? first, seen, first.subject.service) };
  };
  const calls = callsOf(material);
  const wait = waitOf(evidence, calls);
  if (wait && isKnown(wait)) {
    const { told, looked } = await further(wait);
    return await deepest(deps, course, seen, told, looked);
  }
  for (const queue of wait ? [] : queuesOf(evidence, calls).filter(isKnown)) {
    const { told, looked } = await further(queue);
    if (looked.evidence.pressure) return withEvidence(told, looked.evidence);
  }
  return withEvidence(answer, evidence);
}

function callsOf({ before, during }: Pick<Material, "before" | "during">): Calls {
  const perRequest = ({ requests, calls }: LedgerFacts, callee: string) =>
    calls.filter(({ destination }) => destination === callee).length / Math.max(1, requests.length);
  const callees = new Set(during.calls.map(({ destination }) => destination));
  return new Map(
    [...callees].map((one) => [one, { before: perRequest(before, one), during: perRequest(during, one) }]),
  );
}

/** The one that is named, or where requests come in. */
function lookedAt(course: Course, asked: string | undefined): number[] {
  if (asked === undefined) return entriesOf(course);
  const named = course.services.flatMap(({ name, namespace }, at) => (isNamed(asked, name, namespace) ? [at] : []));
  if (named.length === 0) throw invalid(`nobody called ${asked} in this time`);
  return named;
}

/** Why it is asked more or less, and when somebody on the way is slow or fails, why that is. */
async function throughputOf(deps: QuestionDeps, asked: WhyOf, facts: Facts, place: number): Promise<Answer> {
  const { answer, lead } = throughput(facts, place);
  if (lead) return led(answer, lead, await whyOf(deps, { ...asked, ...lead }));
  const [first] = answer.findings;
  if (!first) return learning(answer);
  const { since, subject } = first;
  const rows = deps.observatory.queries.changes(asked.window, {}).rows.map(changeRow);
  return { ...answer, changes: nearOf(rows, { since, service: subject.service, stepSeconds: facts.intervalS }) };
}

/** What is asked about, and the facts that show it; undefined: nobody has called anybody. */
function troubleOf(
  course: Course,
  facts: Facts,
  fromS: number,
  { service, metric }: { readonly service: string | undefined; readonly metric: Symptom["metric"] | undefined },
): { readonly symptom: Symptom; readonly facts: Facts } | undefined {
  const all = course.services.flatMap(({ namespace }, at) => (namespace === "" ? [] : [at]));
  const looked = lookedAt(course, service);
  const metrics = metric ? [metric] : (["latency", "availability"] as const);
  const worst = worstOf(facts, looked, metrics) ?? (service === undefined ? gravestOf(facts, all, metrics) : undefined);
  if (worst) return { symptom: worst, facts };
  const young = youngTrouble(course, fromS, service === undefined ? all : looked, metrics);
  if (young) return young;
  const requests = (at: number) => facts.services[at]?.requests.reduce((sum, value) => sum + (value || 0), 0) ?? 0;
  const [busiest] = looked.toSorted((a, b) => requests(b) - requests(a));
  if (busiest === undefined) return undefined;
  return {
    symptom: { service: busiest, metric: metric ?? "latency", statistic: "mean", at: facts.times.at(-1) ?? 0 },
    facts,
  };
}

/** `left`: times of trouble that are no part of what is usual */
type Seen = Window & Pick<Symptom, "metric"> & { readonly left?: readonly Period[] };
type Periods = { readonly usual: Window; readonly now: Window };

/** since it began, and as long before that, or as long as it takes to see a version before the one that did it */
function periodsOf({ since }: Finding, { fromUs, toUs, left = [] }: Seen): Periods {
  const sinceUs = Date.parse(since) * 1000;
  const usualUs = Math.max(USUAL_LEAST_US, toUs - sinceUs);
  const endsUs = left.map(({ to }) => Date.parse(to) * 1000).filter((endUs) => endUs <= sinceUs - CALM_LEAST_US);
  return {
    usual: { fromUs: Math.max(fromUs, sinceUs - usualUs, ...endsUs), toUs: sinceUs },
    now: { fromUs: sinceUs, toUs },
  };
}

/** What is known of a suspect before and since. */
type Looked = { readonly material: Material; readonly evidence: Evidence };

/** @param caller only what it asked for */
async function lookAt(
  deps: QuestionDeps,
  course: Course,
  finding: Finding,
  seen: Seen,
  caller?: string,
): Promise<Looked> {
  const material = await materialOf(deps, course, finding, seen, caller);
  return { material, evidence: evidenceOf(material) };
}

async function materialOf(
  deps: QuestionDeps,
  { stepSeconds }: Course,
  finding: Finding,
  seen: Seen,
  caller?: string,
): Promise<Material> {
  const { subject, since } = finding;
  const periods = periodsOf(finding, seen);
  const { queries } = deps.observatory;
  const [{ before, during }, usual] = await Promise.all([
    ledgersOf(deps, subject.service, periods),
    queries.used(subject.service, { fromUs: seen.fromUs, toUs: periods.now.fromUs }),
  ]);
  const by = (facts: LedgerFacts): LedgerFacts => {
    return caller === undefined
      ? facts
      : { ...facts, requests: facts.requests.filter(({ source }) => source === caller) };
  };
  const changes = queries.changes(seen, {}).rows.map(changeRow);
  const deployed = nearOf(changes, { since, stepSeconds, service: subject.service }).findLast(isDeployed);
  const beside = deployed && (await besideOf(deps, subject.service, Date.parse(deployed.time) * 1000));
  return {
    before: by(before),
    during: by(during),
    usual,
    metric: seen.metric,
    since,
    changes,
    stepSeconds,
    ...(beside && { beside }),
  };
}

function isDeployed({ kind }: ChangeLine): boolean {
  return kind === "deployment";
}

/** Requests before and after the moment at which a version came: of each stretch the newest ones. */
async function besideOf(deps: QuestionDeps, service: string, atUs: number): Promise<readonly SeenExchange[]> {
  const times = [-BESIDE_US, 0, FIRST_US, BESIDE_US].map((us) => atUs + us);
  const found = await Promise.all(
    times.slice(1).map((toUs, at) => requestsOf(deps.observatory, service, { fromUs: times[at] as number, toUs })),
  );
  return found.flatMap(({ rows }) => rows);
}

async function ledgersOf({ observatory }: QuestionDeps, service: string, { usual, now }: Periods) {
  const [before, during] = await Promise.all([
    ledgerFacts(observatory, service, usual),
    ledgerFacts(observatory, service, now),
  ]);
  return { before: before.facts, during: during.facts };
}

/** Who adds more than the first suspect, is said to be held up by it, and is not, by what he changed or by his own ledger. */
async function freeOf(deps: QuestionDeps, course: Course, seen: Seen, { findings }: Answer): Promise<string[]> {
  const [first] = findings;
  if (!first) return [];
  const added = ({ evidence: [all] }: Finding) => (all ? all.observed - all.baseline : 0);
  const above = findings.filter((one) => {
    return first.path.slice(0, -1).includes(one.subject.service) && added(one) > added(first);
  });
  const found = await Promise.all(
    above.map(async (one) => {
      const { service } = one.subject;
      const callee = first.path[first.path.indexOf(service) + 1] ?? "";
      return isFree(await materialOf(deps, course, one, seen), callee) ? [service] : [];
    }),
  );
  return found.flat();
}
