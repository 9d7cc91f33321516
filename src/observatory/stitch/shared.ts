// One call that serves several requests: those that come while it is on its way wait for it instead of making their own.
// Where that is done, two such calls never run at once, however often they would by chance.
import { began, CAME, ended, logStep, type Model } from "./model.ts";
import { cameOf, NONE, type Window } from "./window.ts";

/** overlaps that chance would bring, below which nothing is concluded, and the share of them that may be seen all the same */
const LEAST_EXPECTED = 10;
const MOST_SEEN = 0.02;

/** By call: further requests that waited for it. */
export function sharersOf(window: Window, model: Model): Map<number, number[]> {
  const { request, call, requests, calls } = window;
  const sharers = new Map<number, number[]>();
  const isShared = sharedKinds(window);
  let from = 0;
  for (let c = 0; c < calls; c++) {
    const start = call.start[c] as number;
    while (from < requests && (request.start[from] as number) < start) from++;
    const kind = call.kind[c] as number;
    if (isShared[kind] !== 1) continue;
    const end = call.end[c] as number;
    for (let r = from; r < requests && (request.start[r] as number) < end; r++) {
      if ((request.end[r] as number) <= end || !waited(window, model, r, kind, end)) continue;
      const known = sharers.get(c);
      if (known) known.push(r);
      else sharers.set(c, [r]);
    }
  }
  return sharers;
}

/** Whether what the request did next follows the call's end more likely than its own arrival. */
function waited(window: Window, model: Model, r: number, kind: number, end: number): boolean {
  const { request, event } = window;
  const first = event.next[cameOf(window, r)] as number;
  for (let e = first; e !== NONE; e = event.next[e] as number) if (event.type[e] === began(kind)) return false;
  const at = event.time[first] as number;
  if (at < end) return false;
  const route = request.route[r] as number;
  const next = event.type[first] as number;
  const afterCall = logStep(model, route, ended(kind), next, at - end);
  return afterCall > logStep(model, route, CAME, next, at - (request.start[r] as number));
}

function sharedKinds({ call, calls }: Window): Uint8Array {
  const isShared = new Uint8Array(512);
  const busyUntil = new Float64Array(512).fill(Number.NEGATIVE_INFINITY);
  const busyUs = new Float64Array(512);
  const counts = new Int32Array(512);
  const overlaps = new Int32Array(512);
  for (let c = 0; c < calls; c++) {
    const kind = call.kind[c] as number;
    const start = call.start[c] as number;
    const end = call.end[c] as number;
    if (start < (busyUntil[kind] as number)) overlaps[kind] = (overlaps[kind] as number) + 1;
    busyUntil[kind] = Math.max(busyUntil[kind] as number, end);
    busyUs[kind] = (busyUs[kind] as number) + end - start;
    counts[kind] = (counts[kind] as number) + 1;
  }
  const spanUs = (call.start[calls - 1] ?? 0) - (call.start[0] ?? 0);
  for (let kind = 0; kind < 512; kind++) {
    const expected = ((counts[kind] as number) * (busyUs[kind] as number)) / Math.max(1, spanUs);
    if (expected >= LEAST_EXPECTED && (overlaps[kind] as number) <= MOST_SEEN * expected) isShared[kind] = 1;
  }
  return isShared;
}
