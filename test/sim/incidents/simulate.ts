// Lets a system run: requests that wait for threads and connections, calls with timeouts and second tries, answers and
// failures, in virtual time. What comes out is what a mesh would have counted of each service.
import type { Draw } from "../draw.ts";
import { agenda } from "./agenda.ts";
import { type Pool, pool } from "./pool.ts";
import { type Recorder, recorder } from "./recorder.ts";
import type { Call, Dwell, Replica, Service, System } from "./system.ts";

export type Plan = {
  readonly intervalMs: number;
  readonly intervals: number;
  /** called at the beginning of each interval, before whatever happens in it */
  readonly turn: (interval: number) => void;
  /** each answer as it is given, for those who count for themselves */
  readonly answered?: (service: number, ms: number, isWell: boolean, nowMs: number) => void;
};

type Running = { readonly service: Service; readonly places: readonly Place[]; next: number };
/** `connections`: by callee */
type Place = { readonly replica: Replica; readonly slots: Pool; readonly connections: Map<number, Pool> };

const MS_PER_S = 1000;
/** what a refusal takes */
const REFUSAL_MS = 0.2;

export function simulate(system: System, plan: Plan, draw: Draw): Recorder {
  const random = draw.random;
  const clock = agenda();
  const seen = recorder(system.services.length, plan.intervals, () =>
    Math.min(plan.intervals - 1, Math.floor(clock.nowMs() / plan.intervalMs)),
  );
  const running: readonly Running[] = system.services.map((service) => ({
    service,
    places: service.replicas.map((replica) => ({
      replica,
      slots: pool(() => replica.slots, replica.queue),
      connections: new Map<number, Pool>(),
    })),
    next: 0,
  }));

  function work({ service }: Running, { replica }: Place, own: Dwell): number {
    let ms = gamma(random.unit, own.shape) * own.meanMs;
    if (random.unit() < own.tailChance) ms *= own.tailFactor;
    return 0.5 * (ms * service.slowdown * replica.slowdown + service.extraMs);
  }

  function serve(to: number, operation: number, done: (isWell: boolean) => void): void {
    const one = running[to] as Running;
    const place = one.places[one.next++ % one.places.length] as Place;
    const { own, stages, later } = one.service.operations[operation] as Service["operations"][number];
    const began = clock.nowMs();
    const end = (isWell: boolean) => {
      seen.answered(to, clock.nowMs() - began, isWell);
      plan.answered?.(to, clock.nowMs() - began, isWell, clock.nowMs());
      done(isWell);
      if (isWell) for (const call of later) make(place, call, () => {});
    };
    const isThread = one.service.style === "thread";
    const half = (then: () => void) => {
      const ms = work(one, place, own);
      if (isThread) return clock.after(ms, then);
      place.slots.take((isFree) => {
        if (!isFree) return end(false);
        clock.after(ms, () => {
          place.slots.give();
          then();
        });
      });
    };
    const leave = (isWell: boolean) => {
      if (isThread) place.slots.give();
      end(isWell);
    };
    const stage = (at: number) => {
      const calls = stages[at];
      if (!calls) return half(() => leave(true));
      let open = 1;
      let isWell = true;
      const answered = (isAnswerWell: boolean) => {
        isWell &&= isAnswerWell;
        if (--open > 0) return;
        if (isWell) stage(at + 1);
        else leave(false);
      };
      for (const call of calls) {
        open++;
        repeat(place, call, call.times, answered);
      }
      answered(true);
    };
    const begin = () =>
      half(() => {
        const failing = one.service.failing + place.replica.failing;
        if (failing > 0 && random.unit() < failing) leave(false);
        else stage(0);
      });
    if (!isThread) begin();
    else
      place.slots.take((isFree) => {
        if (isFree) begin();
        else clock.after(REFUSAL_MS, () => end(false));
      });
  }

  function repeat(place: Place, call: Call, times: number, done: (isWell: boolean) => void): void {
    make(place, call, (isWell) => {
      if (!isWell || times <= 1) done(isWell);
      else repeat(place, call, times - 1, done);
    });
  }

  function make(place: Place | undefined, call: Call, done: (isWell: boolean) => void): void {
    if (call.chance < 1 && random.unit() >= call.chance) done(true);
    else attempt(place, call, call.tries, (isWell) => done(isWell || call.isOptional));
  }

  function attempt(place: Place | undefined, call: Call, tries: number, done: (isWell: boolean) => void): void {
    const connections = place && connectionsOf(place, call.to);
    let isOver = false;
    const over = (isWell: boolean) => {
      if (isOver) return;
      isOver = true;
      connections?.give();
      if (!isWell && tries > 1) attempt(place, call, tries - 1, done);
      else done(isWell);
    };
    const send = () => {
      if (call.timeoutMs !== Number.POSITIVE_INFINITY) clock.after(call.timeoutMs, () => over(false));
      clock.after(call.networkMs / 2, () =>
        serve(call.to, call.operation, (isWell) => clock.after(call.networkMs / 2, () => over(isWell))),
      );
    };
    if (connections) connections.take(() => send());
    else send();
  }

  function connectionsOf({ replica, connections }: Place, to: number): Pool | undefined {
    if (replica.connections === Number.POSITIVE_INFINITY) return undefined;
    let found = connections.get(to);
    if (!found) {
      found = pool(() => replica.connections, Number.POSITIVE_INFINITY);
      connections.set(to, found);
    }
    return found;
  }

  for (let interval = 0; interval < plan.intervals; interval++) {
    clock.after(interval * plan.intervalMs, () => plan.turn(interval));
  }
  for (const source of system.sources) {
    const arrive = () => {
      const phase = (2 * Math.PI * clock.nowMs()) / (plan.intervalMs * plan.intervals);
      const perS = source.perS * (1 + source.wave * Math.sin(phase));
      clock.after((-Math.log(1 - random.unit()) / perS) * MS_PER_S, () => {
        make(undefined, source.call, () => {});
        arrive();
      });
    };
    arrive();
  }
  clock.run(plan.intervals * plan.intervalMs);
  return seen;
}

/** Mean 1. A sum of exponentials: shapes are whole numbers. */
function gamma(unit: () => number, shape: number): number {
  let product = 1;
  for (let i = 0; i < shape; i++) product *= 1 - unit();
  return -Math.log(product) / shape;
}
