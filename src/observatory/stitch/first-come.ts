// First come, first served: a call is of the oldest request in flight among those that made the fewest of its kind. Where
// a service keeps that order this is the truth, and what is learned from it says so; elsewhere it is one guess among others.
import type { Model } from "./model.ts";
import { learnRun } from "./run.ts";
import { attach, bare, NONE, type Window } from "./window.ts";

/** Learns as if it were so. */
export function firstCome(window: Window, model: Model): void {
  const { call, calls, requests } = window;
  serveInOrder(window);
  for (let r = 0; r < requests; r++) learnRun(window, model, r);
  for (let c = 0; c < calls; c++) {
    const kind = call.kind[c] as number;
    if (call.parent[c] === NONE) model.strays[kind] = (model.strays[kind] as number) + 1;
  }
  model.strayUs += Math.max(0, (call.start[calls - 1] ?? 0) - (call.start[0] ?? 0));
}

/** Rows are in the order of their start; calls that are told keep their requests. */
export function serveInOrder(window: Window): void {
  const { request, call } = window;
  for (let r = 0; r < window.requests; r++) bare(window, r);
  const made = new Map<number, Int32Array>();
  const alive: number[] = [];
  let next = 0;
  for (let c = 0; c < window.calls; c++) {
    const now = call.start[c] as number;
    while (next < window.requests && (request.start[next] as number) <= now) alive.push(next++);
    const kind = call.kind[c] as number;
    const counts = made.get(kind) ?? new Int32Array(window.requests);
    made.set(kind, counts);
    const parent = call.told[c] === 1 ? (call.parent[c] as number) : choose(window, alive, counts, now);
    if (parent !== NONE) counts[parent] = (counts[parent] as number) + 1;
    attach(window, c, parent);
  }
}

/** Those that are over leave `alive`. */
function choose({ request }: Window, alive: number[], counts: Int32Array, now: number): number {
  let best = NONE;
  let kept = 0;
  for (const r of alive) {
    if ((request.end[r] as number) < now) continue;
    alive[kept++] = r;
    if (best === NONE || (counts[r] as number) < (counts[best] as number)) best = r;
  }
  alive.length = kept;
  return best;
}
