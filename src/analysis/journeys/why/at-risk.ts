// Who could be lost after a step, request by request: of each kind of request the first one that a visitor made between the
// step and the next one, with what he met there. Comparing those who made the same request is comparing them at the same risk.

import { eachAttempt } from "../funnel/attempts.ts";
import { type CompiledFunnel, compileFunnel, type FunnelDefinition } from "../funnel/definition.ts";
import type { EventLog } from "../log.ts";

export type Touch = {
  /** name of the request */
  readonly event: string;
  /** by case that made it: the place of the event in the log and its time (ms), the case's number, whether it was lost */
  readonly places: readonly number[];
  readonly times: readonly number[];
  readonly cases: readonly number[];
  readonly lost: readonly number[];
};

export type AtRisk = {
  /** cases that reached the step, and those of them that came no further */
  readonly entered: number;
  readonly lost: number;
  readonly visitorOf: readonly number[];
  /** by case: the event by which it reached the step */
  readonly entryOf: readonly number[];
  readonly startOf: readonly number[];
  readonly isLost: readonly number[];
  readonly touches: readonly Touch[];
};

/** @param step from 1: those who reached it and are to reach the next one */
export function atRisk(log: EventLog, marked: EventLog, definition: FunnelDefinition, step: number): AtRisk {
  const funnel = compileFunnel(marked, definition) as CompiledFunnel;
  const touches = new Map<number, { places: number[]; times: number[]; cases: number[]; lost: number[] }>();
  const seenIn = new Int32Array(log.names.length).fill(-1);
  const visitorOf: number[] = [];
  const entryOf: number[] = [];
  const startOf: number[] = [];
  const isLost: number[] = [];
  let lost = 0;
  eachAttempt(marked, funnel, definition, ({ depth, positions, to, visitor }) => {
    if (depth < step) return;
    const number = visitorOf.push(visitor) - 1;
    const from = positions[step - 1] as number;
    const left = depth === step ? 1 : 0;
    entryOf.push(from);
    startOf.push(log.timesMs[from] as number);
    isLost.push(left);
    lost += left;
    const end = left ? to : Math.max(from, positions[step] as number) + 1;
    for (let place = from; place < end; place++) {
      const event = log.events[place] as number;
      if (seenIn[event] === number) continue;
      seenIn[event] = number;
      const touch = touches.get(event) ?? { places: [], times: [], cases: [], lost: [] };
      touches.set(event, touch);
      touch.places.push(place);
      touch.times.push(log.timesMs[place] as number);
      touch.cases.push(number);
      touch.lost.push(left);
    }
  });
  return {
    ...{ entered: visitorOf.length, lost, visitorOf, entryOf, startOf, isLost },
    touches: [...touches].map(([event, touch]) => ({ event: log.names[event] as string, ...touch })),
  };
}
