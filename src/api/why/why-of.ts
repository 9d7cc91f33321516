// Asks for causes, and looks closer at whom they name.
import type { Answer, Period } from "../../analysis/why/answer.ts";
import { SLOW_MS } from "../../analysis/why/as-usual.ts";
import { entriesOf, factsOf, gravestOf, seenSteps, worstOf, youngTrouble } from "../../analysis/why/course.ts";
import { nearOf } from "../../analysis/why/evidence.ts";
import type { Facts, Symptom } from "../../analysis/why/facts.ts";
import { isDoubted, withReplay } from "../../analysis/why/replay.ts";
import { median } from "../../analysis/why/robust.ts";
import { calledOf, withSome } from "../../analysis/why/some.ts";
import { led, mostUnusual, type Throughput, throughput } from "../../analysis/why/throughput.ts";
import { why as causes } from "../../analysis/why/why.ts";
import { learning, nothingSeen } from "../../analysis/why/words.ts";
import type { Course } from "../../model/tally.ts";
import type { Window } from "../../observatory/query/figures.ts";
import { isNamed } from "../../observatory/query/named.ts";
import { changeRow } from "../answer.ts";
import { invalid } from "../parameters.ts";
import type { QuestionDeps } from "../question.ts";
import { besideHost, besideItself, besideSiblings, besideVisitors } from "./beside.ts";
import type { Seen } from "./look.ts";
import { reconsidered } from "./reconsidered.ts";
import { replayed } from "./replayed.ts";
import { ofSome, type Some, serviceOf } from "./some.ts";

/** the baseline is so many times as long as the window unless said, if so much is known */
const BASELINES = 3;
/** and so long at least: of a short window three times would be too few samples */
const BASELINE_LEAST_US = 300e6;
/** by the names that people ask with */
export const METRICS = { latency: "latency", errors: "availability", throughput: "throughput" } as const;
export type Metric = (typeof METRICS)[keyof typeof METRICS];

/** `service` undefined: the worst of those called from outside; or the one that answers the route */
export type WhyOf = Some & {
  /** undefined: the worse of latency and availability */
  readonly metric: Metric | undefined;
  readonly window: Window;
  /** how long before the window is the baseline; undefined: BASELINES of it, or five minutes */
  readonly usualUs?: number | undefined;
};

/** @throws MeshError question_invalid when nobody asked for that in this time */
export async function whyOf(deps: QuestionDeps, asked: WhyOf): Promise<Answer> {
  const { metric, window, usualUs } = asked;
  const { fromUs, toUs } = window;
  const seen = { fromUs: fromUs - (usualUs ?? Math.max(BASELINES * (toUs - fromUs), BASELINE_LEAST_US)), toUs };
  const whole = await courseOf(deps, seen);
  const some = await someOf(deps, asked, whole);
  const { course, service } = some ?? { course: whole, service: asked.service };
  const incidents = incidentsOf(deps, window);
  if (metric === "throughput") {
    const all = some ? withSome(whole, course) : whole;
    const facts = factsOf(all, fromUs / 1e6, incidents);
    const place = mostUnusual(facts, lookedAt(all, service));
    return place === undefined
      ? nothingSeen(window)
      : await throughputOf(deps, asked, throughput(facts, place, some?.called), facts.intervalS);
  }
  const facts = factsOf(course, fromUs / 1e6, incidents);
  const found = troubleOf(course, facts, fromUs / 1e6, { service, metric });
  if (!found) return nothingSeen(window);
  const asking: Seen = { ...seen, metric: found.symptom.metric };
  const named = some
    ? await ofSome(deps, whole, asking, causes(found.facts, { ...found.symptom, called: some.called }), some.meant)
    : await reconsidered(deps, whole, asking, (known) => causes(found.facts, found.symptom, known));
  const target = found.facts.services[found.symptom.service]?.name ?? "";
  const isSlow = service !== undefined && meanMs(found.facts, found.symptom.service) >= SLOW_MS;
  return await besides(deps, whole, { ...asking, fromUs, usualFromUs: seen.fromUs }, named, {
    ...{ target, isSlow, meant: some?.meant ?? {} },
  });
}

type Target = {
  readonly target: string;
  /** which of its requests */
  readonly meant: Pick<Some, "route" | "source">;
  /** it is asked about by name, and slow, as usual or not */
  readonly isSlow: boolean;
};

/** What has to be looked at beside who is named, or when nobody is. */
async function besides(
  deps: QuestionDeps,
  whole: Course,
  asking: Seen & { readonly usualFromUs: number },
  named: Answer,
  { target, meant, isSlow }: Target,
): Promise<Answer> {
  const { usualFromUs, toUs } = asking;
  const isWell = named.state === "nothing-wrong";
  const answer = isWell ? await besideSiblings(deps, whole, asking, named, target) : named;
  if (answer.findings.length === 0) {
    const isAsked = answer.state === "nothing-wrong" && asking.metric === "latency" && isSlow;
    return isAsked ? await besideItself(deps, asking, answer, { ...meant, service: target }) : answer;
  }
  const looked = { ...asking, fromUs: usualFromUs, left: answer.baseline.without ?? [] };
  const told = await besideHost(deps, whole, looked, answer);
  const replay = await replayed(deps, looked, told, meant);
  const sure = replay ? withReplay(told, replay) : told;
  const isOpen = replay !== undefined && isDoubted(replay) && !isWell;
  return besideVisitors(deps, toUs, isOpen ? await besideSiblings(deps, whole, asking, sure, target) : sure);
}

function meanMs({ services, usual }: Facts, place: number): number {
  return 1000 * (median(services[place]?.latency.mean.subarray(usual) ?? new Float64Array()) || 0);
}

/** In steps as short as what is known allows: of most of that time it may be nothing, as after a start beside an old store. */
async function courseOf({ observatory: { queries } }: QuestionDeps, seen: Window): Promise<Course> {
  const course = await queries.course(seen);
  const [first = 0] = seenSteps(course);
  if (first < course.startsS.length / 2) return course;
  return await queries.course({ ...seen, fromUs: 1e6 * (course.startsS[first] as number) });
}

/** The course of those requests only, in the same steps; undefined: all of them are asked about. */
async function someOf({ observatory: { queries } }: QuestionDeps, asked: WhyOf, { startsS, stepSeconds }: Course) {
  const { service, source, route } = asked;
  const [firstS = 0] = startsS;
  if (source === undefined && route === undefined) return undefined;
  const window = { fromUs: 1e6 * firstS, toUs: 1e6 * (firstS + startsS.length * stepSeconds) };
  const course = await queries.course(window, { destination: service, source, route });
  const name = serviceOf(course, asked);
  // requests name services without their namespace
  const meant = { route, source: source?.slice(source.indexOf("/") + 1) };
  return { course, service: name, called: calledOf(name, meant), meant };
}

/** Those that began before the window: from when their cause was found to begin, to when they closed. */
function incidentsOf({ watch }: QuestionDeps, { fromUs, toUs }: Window): Period[] {
  return (watch?.incidents() ?? []).flatMap(({ opened, closed, why }) => {
    const from = [opened, ...(why?.findings.slice(0, 1) ?? []).map(({ since }) => since)].sort()[0] as string;
    return Date.parse(from) * 1000 < fromUs ? [{ from, to: closed ?? new Date(toUs / 1000).toISOString() }] : [];
  });
}

/** The one that is named, or where requests come in. */
function lookedAt(course: Course, asked: string | undefined): number[] {
  if (asked === undefined) return entriesOf(course);
  const named = course.services.flatMap(({ name, namespace }, at) => (isNamed(asked, name, namespace) ? [at] : []));
  if (named.length === 0) throw invalid(`nobody called ${asked} in this time`);
  return named;
}

/** Why it is asked more or less, and when somebody on the way is slow or fails, why that is. */
async function throughputOf(
  deps: QuestionDeps,
  asked: WhyOf,
  { answer, lead }: Throughput,
  stepSeconds: number,
): Promise<Answer> {
  const { window, usualUs } = asked;
  if (lead) return led(answer, lead, await whyOf(deps, { window, usualUs, ...lead }));
  const [first] = answer.findings;
  if (!first) return learning(answer);
  const { since, subject } = first;
  const rows = deps.observatory.queries.changes(window, {}).rows.map(changeRow);
  return { ...answer, changes: nearOf(rows, { since, service: subject.service, stepSeconds }) };
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
