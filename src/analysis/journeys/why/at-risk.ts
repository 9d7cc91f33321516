// Who could be lost after a step, request by request: what a visitor made between the step and the next one, with what he met there.
// Comparing those who made the same request as often before is comparing them at the same risk.

import { type Attempt, eachAttempt } from "../funnel/attempts.ts";
import { type CompiledFunnel, compileFunnel, type FunnelDefinition } from "../funnel/definition.ts";
import type { EventLog } from "../log.ts";

export type Touch = {
  /** name of the request */
  readonly event: string;
  /** by request of a case, in order: the place of the event in the log and its time (ms), the case's number, whether it was lost */
  readonly places: readonly number[];
  readonly times: readonly number[];
  readonly cases: readonly number[];
  readonly lost: readonly number[];
  /** how many of the same kind the case had made by then since it reached the step */
  readonly before: readonly number[];
};

/** Of one kind, so many requests of a case are looked at: whoever is there for more will not go for one of them. */
const MOST_REQUESTS = 8;
/** Of those who went on. */
const MOST_WENT_ON = 0.9;

export type AtRisk = {
  /** cases that reached the step, and those of them that came no further though most would have had the time */
  readonly entered: number;
  readonly lost: number;
  readonly visitorOf: readonly number[];
  /** by case: the event by which it reached the step */
  readonly entryOf: readonly number[];
  readonly startOf: readonly number[];
  readonly isLost: readonly number[];
  readonly touches: readonly Touch[];
};

/** @param step from 1: those who reached it and are to reach the next one. Each case has one attempt */
export function atRisk(log: EventLog, marked: EventLog, definition: FunnelDefinition, step: number): AtRisk {
  /** by begin of the case */
  const nextAt = new Map<number, number>();
  eachReach(marked, definition, step + 1, (begin, place) => void nextAt.set(begin, place));
  const decidedMs = decidedBefore(marked, definition, step, nextAt);
  const touches = new Map<number, { [Column in keyof Omit<Touch, "event">]: number[] }>();
  const made = new Uint8Array(log.names.length);
  const visitorOf: number[] = [];
  const entryOf: number[] = [];
  const startOf: number[] = [];
  const isLost: number[] = [];
  let lost = 0;
  eachReach(marked, definition, step, (begin, from, { to, visitor }) => {
    if ((log.timesMs[from] as number) > decidedMs) return;
    const next = nextAt.get(begin);
    const number = visitorOf.push(visitor) - 1;
    const left = next === undefined ? 1 : 0;
    entryOf.push(from);
    startOf.push(log.timesMs[from] as number);
    isLost.push(left);
    lost += left;
    const end = next === undefined ? to : Math.max(from, next) + 1;
    made.fill(0);
    for (let place = from; place < end; place++) {
      const event = log.events[place] as number;
      const before = made[event] as number;
      if (before === MOST_REQUESTS) continue;
      made[event] = before + 1;
      const touch = touches.get(event) ?? { places: [], times: [], cases: [], lost: [], before: [] };
      touches.set(event, touch);
      touch.places.push(place);
      touch.times.push(log.timesMs[place] as number);
      touch.cases.push(number);
      touch.lost.push(left);
      touch.before.push(before);
    }
  });
  return {
    ...{ entered: visitorOf.length, lost, visitorOf, entryOf, startOf, isLost },
    touches: [...touches].map(([event, touch]) => ({ event: log.names[event] as string, ...touch })),
  };
}

/** Whoever reached the step later would still be under way, were he as quick as most who went on. */
function decidedBefore(
  marked: EventLog,
  definition: FunnelDefinition,
  step: number,
  nextAt: ReadonlyMap<number, number>,
): number {
  const { timesMs } = marked;
  const took: number[] = [];
  eachReach(marked, definition, step, (begin, from) => {
    const next = nextAt.get(begin);
    if (next !== undefined) took.push((timesMs[next] as number) - (timesMs[from] as number));
  });
  took.sort((a, b) => a - b);
  const end = timesMs.reduce((latest, time) => Math.max(latest, time), 0);
  return end - Math.max(0, took[Math.floor(MOST_WENT_ON * took.length)] ?? 0);
}

/** Calls `visit` with the begin of each case that came so far, and the first event by which it had: the whole funnel tells of the last. */
function eachReach(
  marked: EventLog,
  definition: FunnelDefinition,
  steps: number,
  visit: (begin: number, place: number, attempt: Attempt) => void,
): void {
  const exclusions = definition.exclusions.filter(({ after }) => after === undefined || after < steps);
  const shorter = { ...definition, exclusions, steps: definition.steps.slice(0, steps) };
  const funnel = compileFunnel(marked, shorter) as CompiledFunnel;
  eachAttempt(marked, funnel, shorter, (attempt) => {
    if (attempt.depth === steps) visit(attempt.from, attempt.positions[steps - 1] as number, attempt);
  });
}
