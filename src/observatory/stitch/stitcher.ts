// Stitching on line: exchanges of a service's workloads come in as they end, and links go out within the delay, by the
// data's own time. What has come is held in windows that overlap: a call is told when what followed it is known too.
import { seededRandom } from "../../base/random.ts";
import { AFTERWARDS_US } from "./content.ts";
import type { Exchange, Link } from "./exchange.ts";
import { addCall, addRequest, type Held, hold, middle, retire, widen } from "./held.ts";
import { newModel } from "./model.ts";
import { type Due, settle } from "./settle.ts";

export type Stitcher = {
  received(workload: number, exchange: Exchange): void;
  called(workload: number, exchange: Exchange): void;
  /** Everything that ended before has come. Links that are due are told. @param nowUs of the data */
  advance(nowUs: number): void;
  /** Nothing more comes: all is told. What was learned stays. */
  finish(): void;
};

export type Limits = {
  /** from a call's end to its link */
  readonly delayUs: number;
  /** for how much longer a call may wait for a request that goes on; with more rows than may be held it does not */
  readonly patienceUs: number;
  /** requests, and calls, of a workload that are held; with more, links go out earlier */
  readonly rows: number;
  /** of the times, where they are not as exact as they are written */
  readonly resolutionUs?: number;
};

/** requests that go on for longer lose their first calls */
export const PATIENCE_US = 15_000_000;

export const LIMITS: Limits = { delayUs: 5_000_000, patienceUs: PATIENCE_US, rows: 16_384 };

/** nothing more comes */
const ALL: Due = { toldUs: Number.POSITIVE_INFINITY, patienceUs: 0 };

/** share of the delay that a call waits after its end for what follows it; the rest is the time between two tellings */
const LAG = 0.4;

/** One service: its workloads run the same program, so they share what is learned. */
export function stitcher(tell: (link: Link) => void, limits: Limits = LIMITS): Stitcher {
  let model = newModel(limits.resolutionUs ?? 0);
  const deps = { random: seededRandom(1), tell };
  const workloads = new Map<number, Held>();
  const lagUs = limits.delayUs * LAG;

  const room = (workload: number, exchange: Exchange, side: "requests" | "calls"): Held => {
    let held = workloads.get(workload);
    if (!held) {
      held = hold(Math.min(256, limits.rows), exchange.startUs, exchange.endUs + limits.delayUs - lagUs);
      workloads.set(workload, held);
    }
    if (held.window[side] === limits.rows) flush(held, { toldUs: middle(held), patienceUs: 0 }, 0);
    else if (held.window[side] === held.window.capacity) widen(held, limits.rows);
    return held;
  };
  const flush = (held: Held, due: Due, keepUs: number) => {
    model = settle(held, model, due, deps);
    retire(held, due.toldUs - keepUs);
  };

  return {
    received: (workload, exchange) => addRequest(room(workload, exchange, "requests"), exchange),
    called: (workload, exchange) => addCall(room(workload, exchange, "calls"), exchange),
    advance(nowUs) {
      for (const [workload, held] of workloads) {
        if (nowUs < held.dueUs) continue;
        held.dueUs = nowUs + limits.delayUs - lagUs;
        flush(held, { toldUs: nowUs - lagUs, patienceUs: limits.patienceUs }, AFTERWARDS_US);
        // One that fell silent, or is gone, holds no memory.
        if (held.window.requests + held.window.calls === 0) workloads.delete(workload);
      }
    },
    finish() {
      for (const held of workloads.values()) model = settle(held, model, ALL, deps);
      workloads.clear();
    },
  };
}
