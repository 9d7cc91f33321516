// What the workloads of a service used over time: cumulated counters read as rates, levels as they were.
import type { ResourcePoint, WorkloadHistory } from "../../model/figures.ts";
import { LEVEL_NAMES } from "../../model/resources.ts";
import type { History, Reading, Readings } from "../live/history.ts";
import { PERIOD_S } from "../live/live.ts";
import type { Store } from "../store/store.ts";
import type { Window } from "./figures.ts";
import { stepSeconds } from "./steps.ts";

export type ResourcesDeps = {
  readonly history: History;
  readonly store: Pick<Store, "readings">;
};

export type ResourceFigures = {
  readonly rows: readonly WorkloadHistory[];
  readonly stepSeconds: number;
};

/** two readings further apart have a life in between that nobody saw */
const LONGEST_GAP_US = 60e6;

/** @throws MeshError question_invalid when `stepS` makes too many rows */
export async function resources(
  { history, store }: ResourcesDeps,
  service: string,
  window: Window,
  stepS?: number,
): Promise<ResourceFigures> {
  const length = stepSeconds(window, PERIOD_S, stepS);
  const rows = (await readingsOf({ history, store }, service, window))
    .map(({ name, readings }) => ({ ...name, points: pointsOf(readings, window, length) }))
    .filter(({ points }) => points.length > 0);
  return { rows, stepSeconds: length };
}

/** Of each workload, oldest first, from a while before the window on. @param service without its namespace */
export async function readingsOf(
  { history, store }: ResourcesDeps,
  service: string,
  window: Window,
): Promise<Readings[]> {
  // a rate needs the reading before
  const fromUs = window.fromUs - LONGEST_GAP_US;
  const memoryFromUs = history.fromUs();
  const stored =
    fromUs < memoryFromUs ? await store.readings(service, fromUs, Math.min(window.toUs, memoryFromUs)) : [];
  return joined([...stored, ...history.of(service)]);
}

function joined(parts: readonly Readings[]): Readings[] {
  const byName = Map.groupBy(parts, ({ name }) => `${name.workload}\n${name.version}`);
  return [...byName.values()]
    .map((same) => ({ name: (same[0] as Readings).name, readings: same.flatMap(({ readings }) => readings) }))
    .sort((a, b) => (a.name.workload < b.name.workload ? -1 : 1));
}

/** @param readings oldest first */
export function pointsOf(readings: readonly Reading[], window: Window, stepS: number): ResourcePoint[] {
  const steps = new Map<number, Step>();
  let before: Reading | undefined;
  for (const reading of readings) {
    const sinceUs = before ? reading.atUs - before.atUs : 0;
    const isNext = sinceUs > 0 && sinceUs <= LONGEST_GAP_US;
    if (reading.atUs >= window.fromUs && reading.atUs < window.toUs) {
      const startUs = Math.floor(reading.atUs / (stepS * 1e6)) * stepS * 1e6;
      const step = steps.get(startUs) ?? newStep();
      steps.set(startUs, step);
      take(step, reading, isNext ? before : undefined);
    }
    before = reading;
  }
  return [...steps].map(([startUs, step]) => pointOf(startUs, step));
}

type Step = {
  /** CPU, throttling, and the time over which each rose */
  cpuUs: number;
  cpuOverUs: number;
  throttledUs: number;
  throttledOverUs: number;
  memoryBytes: number;
  listenQueue: number;
  connections: number;
  isReady: boolean;
};

function newStep(): Step {
  return {
    cpuUs: 0,
    cpuOverUs: 0,
    throttledUs: 0,
    throttledOverUs: 0,
    memoryBytes: Number.NaN,
    listenQueue: Number.NaN,
    connections: 0,
    isReady: true,
  };
}

function take(step: Step, reading: Reading, before: Reading | undefined): void {
  if (before) {
    const overUs = reading.atUs - before.atUs;
    const cpuUs = rise(before.used.cpuUs, reading.used.cpuUs);
    const throttledUs = rise(before.used.throttledUs, reading.used.throttledUs);
    if (cpuUs !== undefined) {
      step.cpuUs += cpuUs;
      step.cpuOverUs += overUs;
    }
    if (throttledUs !== undefined) {
      step.throttledUs += throttledUs;
      step.throttledOverUs += overUs;
    }
  }
  for (const name of LEVEL_NAMES) {
    const level = reading.used[name];
    if (level !== undefined && !(level <= step[name])) step[name] = level;
  }
  step.connections = reading.connections;
  step.isReady &&= reading.isReady;
}

/** A counter that fell began anew: what it shows now is what it rose by since. */
export function rise(before: number | undefined, now: number | undefined): number | undefined {
  if (before === undefined || now === undefined) return undefined;
  return now < before ? now : now - before;
}

function pointOf(startUs: number, step: Step): ResourcePoint {
  return {
    startUs,
    ...(step.cpuOverUs > 0 && { cpuCores: step.cpuUs / step.cpuOverUs }),
    ...(!Number.isNaN(step.memoryBytes) && { memoryBytes: step.memoryBytes }),
    ...(!Number.isNaN(step.listenQueue) && { listenQueue: step.listenQueue }),
    ...(step.throttledOverUs > 0 && { throttledShare: Math.min(1, step.throttledUs / step.throttledOverUs) }),
    connections: step.connections,
    isReady: step.isReady,
  };
}
