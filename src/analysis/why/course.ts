// From what the observatory counted over time to what causes are looked for in.
import type { Counts, Course } from "../../model/tally.ts";
import type { Period } from "./answer.ts";
import { FEWEST, LONG, withoutEarlier } from "./earlier.ts";
import type { Run } from "./excess.ts";
import type { Facts, ServiceFacts, Statistic, Symptom } from "./facts.ts";
import { withoutGaps } from "./gaps.ts";
import { type Sickness, sickness, UNSURE } from "./symptom.ts";

const US_PER_S = 1e6;
/** of what is known at least so much is the baseline, when less is known than was asked for */
const USUAL_SHARE = 0.6;
/** samples: of what goes wrong soon after the start of a mesh no more may be known before it */
const FEWEST_OF_YOUNG = FEWEST / 2;
/** samples: as soon as the baseline has enough, as few as these are the window */
const SHORTEST_WINDOW = 3;

/**
 * @param fromS where the window begins that was asked about, seconds since the epoch; what is before is the baseline. When that
 *   is too little, as after a start of the mesh, the window begins later
 * @param incidents that are known: what they take of the baseline is left out
 */
export function factsOf(given: Course, fromS: number, incidents: readonly Period[] = []): Facts {
  const { course: calm, left } = withoutIncidents(given, fromS, incidents);
  const { course, usual } = withoutSilence(calm, usualOf(calm, fromS));
  const { startsS, stepSeconds, services, calls } = course;
  const places = new Map(services.map(({ name }, at) => [name, at]));
  const edges = calls.flatMap(({ source, destination }): [number, number][] => {
    const [caller, callee] = [places.get(source), places.get(destination)];
    return caller === undefined || callee === undefined || caller === callee ? [] : [[caller, callee]];
  });
  return {
    services: services.map(({ name, steps }) => serviceFacts(name, steps)),
    edges,
    calls: calls.flatMap(({ source, destination, requests }) => {
      const callee = places.get(destination);
      return callee === undefined ? [] : [{ source, callee, requests: Float64Array.from(requests) }];
    }),
    times: Float64Array.from(startsS),
    usual,
    intervalS: stepSeconds,
    left,
  };
}

/** As long as enough of the baseline remains. */
function withoutIncidents(course: Course, fromS: number, incidents: readonly Period[]) {
  const { startsS, stepSeconds } = course;
  const seconds = (time: string) => Date.parse(time) / 1000;
  const isIn = ({ from, to }: Period, startS: number) =>
    startS < fromS && startS + stepSeconds > seconds(from) && startS < seconds(to);
  const isKept = (_: unknown, at: number) => incidents.every((one) => !isIn(one, startsS[at] as number));
  const kept = startsS.filter(isKept);
  const left = incidents.filter((one) => startsS.some((startS) => isIn(one, startS)));
  if (kept.filter((startS) => startS < fromS).length < FEWEST) return { course, left: [] };
  return { course: only(course, isKept), left };
}

/** Steps of the baseline without any request say nothing, not even that nobody asks: the mesh may have been down. */
function withoutSilence(course: Course, usual: number): { readonly course: Course; readonly usual: number } {
  const seen = new Set(seenSteps(course));
  const isKept = (_: unknown, at: number) => at >= usual || seen.has(at);
  return { course: only(course, isKept), usual: [...seen].filter((at) => at < usual).length };
}

function only(course: Course, isKept: (_: unknown, at: number) => boolean): Course {
  return {
    ...course,
    startsS: course.startsS.filter(isKept),
    services: course.services.map((one) => ({ ...one, steps: one.steps.filter(isKept) })),
    calls: course.calls.map((one) => ({ ...one, requests: one.requests.filter(isKept) })),
  };
}

/** Places of the steps in which anybody was asked anything. */
export function seenSteps({ startsS, services }: Pick<Course, "startsS" | "services">): number[] {
  return startsS.flatMap((_, at) => (services.some(({ steps }) => (steps[at]?.requests ?? 0) > 0) ? [at] : []));
}

/** Before which step the baseline ends. */
function usualOf(course: Course, fromS: number): number {
  const before = course.startsS.filter((startS) => startS < fromS).length;
  const seen = seenSteps(course);
  const least = Math.max(
    Math.floor(USUAL_SHARE * seen.length),
    Math.min(FEWEST, Math.max(0, seen.length - SHORTEST_WINDOW)),
  );
  return Math.max(before, seen[least] ?? 0);
}

function serviceFacts(name: string, steps: readonly Counts[]): ServiceFacts {
  const series = (of: (step: Counts) => number | undefined) =>
    Float64Array.from(steps, (step) => of(step) ?? Number.NaN);
  // means add up along calls, quantiles do not: nothing asks for them
  const unknown = series(() => undefined);
  const latency: Record<Statistic, Float64Array> = {
    mean: series(({ timed, durationUs }) => (timed > 0 ? durationUs / timed / US_PER_S : undefined)),
    ...{ p50: unknown, p90: unknown, p95: unknown, p99: unknown },
  };
  return {
    name,
    requests: series(({ requests }) => requests),
    // who gives up waiting does not speak against whom he asked
    availability: series(({ requests, faults, ours, refused }) =>
      requests > 0 ? 1 - (faults + ours + refused) / requests : undefined,
    ),
    latency,
  };
}

/** The service and the metric that are worst beyond what is usual; undefined: none is. */
export function worstOf(
  facts: Facts,
  services: readonly number[],
  metrics: readonly Symptom["metric"][],
): Symptom | undefined {
  const whole = withoutGaps(facts);
  const calm = (symptom: Symptom) => withoutEarlier(whole, symptom);
  const worse = looks(facts, services, metrics, calm).filter(({ isWorse }) => isWorse);
  return worse.sort((a, b) => b.run.score - a.run.score)[0]?.symptom;
}

function looks(
  facts: Facts,
  services: readonly number[],
  metrics: readonly Symptom["metric"][],
  calm: (symptom: Symptom) => Facts,
) {
  return services.flatMap((service) =>
    metrics.map((metric) => {
      const symptom: Symptom = { service, metric, statistic: "mean", at: facts.times.at(-1) ?? 0 };
      return { symptom, ...sickness(calm(symptom), symptom) };
    }),
  );
}

/** It stands out so many times as far as anything does usually, */
const BEYOND = 2;
/** in more than a sample, and is so much of usual latency and in itself, or of requests, that somebody will ask. */
const GRAVE = { length: 2, latency: 0.5, latencyS: 0.005, availability: 0.02 };

/** The same of services that nobody asked about: many are looked at, so more is asked of each, and what was as bad before is not told. */
export function gravestOf(
  facts: Facts,
  services: readonly number[],
  metrics: readonly Symptom["metric"][],
): Symptom | undefined {
  const isBeyond = ({ run, before, needed }: Sickness) => run.score >= BEYOND * Math.max(needed, ...before);
  return gravest(facts, services, metrics, isBeyond)?.symptom;
}

/**
 * What went wrong soon after the start of a mesh that has not run for as long as was asked about, and goes on until now: else the
 * trouble would be most of the baseline. So little was before it that it must be grave.
 * @returns with facts whose baseline ends where it began
 */
export function youngTrouble(
  given: Course,
  fromS: number,
  services: readonly number[],
  metrics: readonly Symptom["metric"][],
): { readonly symptom: Symptom; readonly facts: Facts } | undefined {
  if (given.startsS.filter((startS) => startS < fromS).length >= usualOf(given, fromS)) return undefined;
  const facts: Facts = { ...factsOf(given, fromS), usual: FEWEST_OF_YOUNG, fewest: FEWEST_OF_YOUNG };
  const goesOn = ({ from, length }: Run) => from + length > facts.times.length - LONG;
  const found = gravest(facts, services, metrics, ({ run, needed }) => run.score >= BEYOND * needed && goesOn(run));
  return found && { symptom: found.symptom, facts: { ...facts, usual: found.run.from } };
}

function gravest(
  facts: Facts,
  services: readonly number[],
  metrics: readonly Symptom["metric"][],
  standsOut: (one: Sickness) => boolean,
) {
  const whole = withoutGaps(facts);
  const seen = looks(facts, services, metrics, () => whole).filter((one) => {
    const share = Math.max(GRAVE.latency, (2 * UNSURE) / facts.usual);
    const floor = one.symptom.metric === "latency" ? Math.max(share * one.usual, GRAVE.latencyS) : GRAVE.availability;
    return one.run.length >= GRAVE.length && one.run.excess >= floor && standsOut(one);
  });
  return seen.sort((a, b) => b.run.score - a.run.score)[0];
}

/** Where requests come in: services that are called from outside of the mesh; without any, those that nobody calls. */
export function entriesOf({ services, calls }: Pick<Course, "services" | "calls">): number[] {
  const all = services.map((_, at) => at).filter((at) => services[at]?.namespace !== "");
  const calledBy = (is: (source: string) => boolean) =>
    all.filter((at) => calls.some(({ source, destination }) => destination === services[at]?.name && is(source)));
  const published = calledBy((source) => source === "outside");
  if (published.length > 0) return published;
  const called = new Set(calledBy(() => true));
  return all.filter((at) => !called.has(at));
}
