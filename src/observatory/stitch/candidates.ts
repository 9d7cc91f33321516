// The first pass over a window, in the order of time: which requests could have made each call, and the one that looks most
// likely by what was before it. Only a beginning: what comes after a call is weighed by the sweeps.
import { AFTERWARDS_US, affinityOf } from "./content.ts";
import type { Model } from "./model.ts";
import { step } from "./run.ts";
import { bare, CANDIDATES, cameOf, NONE, startOf, type Window } from "./window.ts";

/** requests whose answer is over that are looked at */
const LATE = 32;

const alive = { rows: new Int32Array(1024), count: 0 };
const late = { rows: new Int32Array(LATE), count: 0 };
const best = new Float64Array(CANDIDATES);
/** content speaks for one of the requests that were considered */
let isShared = false;
/** by request: the latest event of its chain so far */
let latest = new Int32Array(1024);

/** Fills `call.candidates`, `call.parent` of those not yet told, and the chains of events. */
export function begin(window: Window, model: Model): void {
  const { call, event, capacity } = window;
  if (latest.length < window.requests) latest = new Int32Array(window.requests * 2);
  alive.count = 0;
  late.count = 0;
  for (let r = 0; r < window.requests; r++) {
    bare(window, r);
    latest[r] = cameOf(window, r);
  }
  for (const e of event.order) {
    if (e >= 2 * capacity) {
      const r = (e >> 1) - capacity;
      if (r >= window.requests) continue;
      if ((e & 1) === 0) come(r);
      else {
        go(r);
        latest[r] = e;
      }
      continue;
    }
    const c = e >> 1;
    if (c >= window.calls) continue;
    if ((e & 1) === 0) choose(window, model, c, call.start[c] as number);
    const parent = call.parent[c] as number;
    if (parent !== NONE) append(window, parent, e);
  }
}

/** At the end of the chain, but for an answer that is still to come. */
function append({ event }: Window, r: number, e: number): void {
  const at = latest[r] as number;
  const then = event.next[at] as number;
  event.next[at] = e;
  event.before[e] = at;
  event.next[e] = then;
  if (then !== NONE) event.before[then] = e;
  latest[r] = e;
}

function come(r: number): void {
  if (alive.count === alive.rows.length) {
    const wider = new Int32Array(alive.count * 2);
    wider.set(alive.rows);
    alive.rows = wider;
  }
  alive.rows[alive.count++] = r;
}

function go(r: number): void {
  const at = alive.rows.indexOf(r);
  alive.rows.copyWithin(at, at + 1, alive.count--);
  late.rows[late.count++ % LATE] = r;
}

function choose(window: Window, model: Model, c: number, now: number): void {
  const { request, call } = window;
  const kind = call.kind[c] as number;
  call.candidateCount[c] = 0;
  isShared = false;
  for (let i = 0; i < alive.count; i++) consider(window, model, c, alive.rows[i] as number);
  const stray = model.logStray[kind] as number;
  const isLate = call.candidateCount[c] === 0 || model.isLate[kind] === 1 || (best[0] as number) < stray + 2;
  // A call that shares nothing with anyone who waits may be that of one who does not wait any more, however seldom that is.
  if (isLate || (window.hasContent && !isShared)) {
    for (let i = 0; i < Math.min(late.count, LATE); i++) {
      const r = late.rows[i] as number;
      if (now - (request.end[r] as number) > AFTERWARDS_US) continue;
      if (isLate || affinityOf(window, model, c, r) > 0) consider(window, model, c, r);
    }
  }
  if (call.told[c] === 1) return;
  const isOwn = call.candidateCount[c] !== 0 && (best[0] as number) > stray;
  call.parent[c] = isOwn ? (call.candidates[c * CANDIDATES] as number) : NONE;
}

/** Keeps the most likely, best first. */
function consider(window: Window, model: Model, c: number, r: number): void {
  const { call } = window;
  let score = step(window, model, r, latest[r] as number, startOf(c));
  if (window.hasContent) {
    const affinity = affinityOf(window, model, c, r);
    isShared ||= affinity > 0;
    score += affinity;
  }
  const base = c * CANDIDATES;
  let place = call.candidateCount[c] as number;
  if (place === CANDIDATES) {
    if (score <= (best[place - 1] as number)) return;
    place--;
  } else call.candidateCount[c] = place + 1;
  for (; place > 0 && (best[place - 1] as number) < score; place--) {
    best[place] = best[place - 1] as number;
    call.candidates[base + place] = call.candidates[base + place - 1] as number;
  }
  best[place] = score;
  call.candidates[base + place] = r;
}
