// The first pass over a window, in the order of time: which requests could have made each call, and the one that looks most
// likely by what was before it. Only a beginning: what comes after a call is weighed by the sweeps.
import { ANSWERED, began, CAME, ended, logContent, logStep, type Model, transition } from "./model.ts";
import { attach, CANDIDATES, NONE, TOKENS, type Window } from "./window.ts";

/** how long after its answer a request may still make calls, µs, and how many such requests are looked at */
export const AFTERWARDS_US = 1_000_000;
const LATE = 32;
/** log odds of a trace id, or its like, on both */
const CERTAIN = 200;

const alive = { rows: new Int32Array(1024), count: 0 };
const late = { rows: new Int32Array(LATE), count: 0 };
const best = new Float64Array(CANDIDATES);
let lastEvent = new Int32Array(1024);
let lastAt = new Float64Array(1024);

/** Fills `call.candidates`, and `call.parent` of those not yet told. Rows are in the order of their start. */
export function begin(window: Window, model: Model): void {
  const { request, call } = window;
  if (lastEvent.length < window.requests) {
    lastEvent = new Int32Array(window.requests * 2);
    lastAt = new Float64Array(window.requests * 2);
  }
  for (let r = 0; r < window.requests; r++) {
    request.first[r] = NONE;
    lastEvent[r] = CAME;
    lastAt[r] = request.start[r] as number;
  }
  alive.count = 0;
  late.count = 0;
  const byEnd = Uint32Array.from({ length: window.calls }, (_, c) => c).sort(
    (a, b) => (call.end[a] as number) - (call.end[b] as number),
  );

  let nextRequest = 0;
  let nextEnd = 0;
  for (let c = 0; c < window.calls; c++) {
    const now = call.start[c] as number;
    for (; nextRequest < window.requests && (request.start[nextRequest] as number) <= now; nextRequest++)
      come(nextRequest);
    for (; nextEnd < window.calls && (call.end[byEnd[nextEnd] as number] as number) <= now; nextEnd++) {
      const over = byEnd[nextEnd] as number;
      const parent = over < c ? (call.parent[over] as number) : NONE;
      if (parent !== NONE) happen(parent, ended(call.kind[over] as number), call.end[over] as number);
    }
    choose(window, model, c, now);
    const parent = call.parent[c] as number;
    attach(window, c, parent);
    if (parent !== NONE) happen(parent, began(call.kind[c] as number), now);
  }
}

function come(r: number): void {
  if (alive.count === alive.rows.length) {
    const wider = new Int32Array(alive.count * 2);
    wider.set(alive.rows);
    alive.rows = wider;
  }
  alive.rows[alive.count++] = r;
}

function happen(r: number, event: number, at: number): void {
  if (at < (lastAt[r] as number)) return;
  lastEvent[r] = event;
  lastAt[r] = at;
}

function choose(window: Window, model: Model, c: number, now: number): void {
  const { request, call } = window;
  const kind = call.kind[c] as number;
  call.candidateCount[c] = 0;
  for (let i = 0; i < alive.count; i++) {
    const r = alive.rows[i] as number;
    if ((request.end[r] as number) >= now) consider(window, model, c, r, now);
    else {
      late.rows[late.count++ % LATE] = r;
      alive.rows[i--] = alive.rows[--alive.count] as number;
    }
  }
  const stray = model.logStray[kind] as number;
  if (call.candidateCount[c] === 0 || model.isLate[kind] === 1 || (best[0] as number) < stray + 2) {
    for (let i = 0; i < Math.min(late.count, LATE); i++) {
      const r = late.rows[i] as number;
      if (now - (request.end[r] as number) <= AFTERWARDS_US) consider(window, model, c, r, now);
    }
  }
  if (call.told[c] === 1) return;
  const isOwn = call.candidateCount[c] !== 0 && (best[0] as number) > stray;
  call.parent[c] = isOwn ? (call.candidates[c * CANDIDATES] as number) : NONE;
}

/** Keeps the most likely, best first. */
function consider(window: Window, model: Model, c: number, r: number, now: number): void {
  const { request, call } = window;
  let event = lastEvent[r] as number;
  let at = lastAt[r] as number;
  const end = request.end[r] as number;
  if (end < now && end >= at) {
    event = ANSWERED;
    at = end;
  }
  const affinity = affinityOf(window, model, c, r);
  const kind = call.kind[c] as number;
  const score = logStep(model, transition(request.route[r] as number, event, kind), now - at) + affinity;
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

/** Log odds from content that a request is a call's parent; -∞: it was not there. */
export function affinityOf({ request, call, hasContent }: Window, model: Model, c: number, r: number): number {
  const start = call.start[c] as number;
  if (start < (request.start[r] as number)) return Number.NEGATIVE_INFINITY;
  if (start > (request.end[r] as number) + AFTERWARDS_US) return Number.NEGATIVE_INFINITY;
  if (!hasContent) return 0;
  const exact = call.tokens[c * TOKENS] as number;
  if (exact !== 0 && exact === request.tokens[r * TOKENS]) return CERTAIN;
  if (call.tokens[c * TOKENS + 1] === 0 || request.tokens[r * TOKENS + 1] === 0) return 0;
  return logContent(model, call.kind[c] as number, isContentShared(call.tokens, c, request.tokens, r));
}

export function isContentShared(ours: Float64Array, c: number, theirs: Float64Array, r: number): boolean {
  for (let i = 1; i < TOKENS; i++) {
    const token = ours[c * TOKENS + i] as number;
    if (token === 0) return false;
    for (let j = 1; j < TOKENS; j++) if (theirs[r * TOKENS + j] === token) return true;
  }
  return false;
}
