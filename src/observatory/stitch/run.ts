// The run of one request: its events in the order of time, as steps from the latest event to the next. Calls one after the
// other, at once, or both, skipped, repeated, left behind after the answer: all are such steps, only with other odds.
import {
  ANSWERED,
  began,
  CAME,
  ended,
  learnCount,
  learnStep,
  logCount,
  logStep,
  type Model,
  transition,
} from "./model.ts";
import { NONE, type Window } from "./window.ts";

/** calls of one request that are looked at; a request with more has more to say than can be weighed */
const MOST = 256;
const sequence = new Int32Array(MOST);
const keys = new Float64Array(MOST + 1);
const gaps = new Float64Array(MOST + 1);
const openEnds = new Float64Array(MOST);
const openKinds = new Int32Array(MOST);
const counts = new Int32Array(512);
const kinds = new Int32Array(MOST);
let length = 0;
let steps = 0;
let kindCount = 0;

/** Log likelihood of a request with the calls it has, but without one of them and with another. */
export function likelihood(window: Window, model: Model, r: number, without: number, plus: number): number {
  gather(window, r, without, plus);
  return judged(window, model, r);
}

/** Log likelihood of a request, if its calls before `cut` were those of `head`, and from then on those of `tail`. */
export function spliced(window: Window, model: Model, r: number, head: number, tail: number, cut: number): number {
  const { request, call } = window;
  length = 0;
  for (let c = request.first[head] as number; c !== NONE && (call.start[c] as number) < cut && length < MOST; ) {
    sequence[length++] = c;
    c = call.next[c] as number;
  }
  for (let c = request.first[tail] as number; c !== NONE && length < MOST; c = call.next[c] as number) {
    if ((call.start[c] as number) >= cut) sequence[length++] = c;
  }
  return judged(window, model, r);
}

/** Log likelihood of a call as the next step of a request after what it did before, which may leave one call out: a cheap
 *  look at whether more is worth the work. */
export function junction({ request, call }: Window, model: Model, r: number, c: number, without: number): number {
  const start = call.start[c] as number;
  let latest = CAME;
  let since = request.start[r] as number;
  if ((request.end[r] as number) < start) {
    latest = ANSWERED;
    since = request.end[r] as number;
  }
  for (let x = request.first[r] as number; x !== NONE; x = call.next[x] as number) {
    const beganAt = call.start[x] as number;
    if (beganAt > start) break;
    if (x === without || x === c) continue;
    const over = call.end[x] as number;
    const isOver = over <= start;
    const time = isOver ? over : beganAt;
    if (time < since) continue;
    since = time;
    latest = isOver ? ended(call.kind[x] as number) : began(call.kind[x] as number);
  }
  return logStep(model, transition(request.route[r] as number, latest, call.kind[c] as number), start - since);
}

/** @param weight of what it did @param sure of when it did it */
export function learnRun(window: Window, model: Model, r: number, weight: number, sure: number): void {
  gather(window, r, NONE, NONE);
  walk(window, r);
  for (let i = 0; i < steps; i++) learnStep(model, keys[i] as number, gaps[i] as number, weight, sure);
  const route = window.request.route[r] as number;
  model.routeWeight[route] = (model.routeWeight[route] as number) + weight;
  for (let i = 0; i < kindCount; i++) {
    const kind = kinds[i] as number;
    learnCount(model, route, kind, counts[kind] as number, weight);
  }
}

function gather({ request, call }: Window, r: number, without: number, plus: number): void {
  const plusStart = plus === NONE ? Number.POSITIVE_INFINITY : (call.start[plus] as number);
  let isIn = plus === NONE;
  length = 0;
  for (let c = request.first[r] as number; c !== NONE && length < MOST - 1; c = call.next[c] as number) {
    if (c === without) continue;
    if (!isIn && (call.start[c] as number) >= plusStart) {
      sequence[length++] = plus;
      isIn = true;
    }
    sequence[length++] = c;
  }
  if (!isIn) sequence[length++] = plus;
}

function judged(window: Window, model: Model, r: number): number {
  walk(window, r);
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += logStep(model, keys[i] as number, gaps[i] as number);
  const route = window.request.route[r] as number;
  for (let i = 0; i < kindCount; i++) {
    const kind = kinds[i] as number;
    sum += logCount(model, route, kind, counts[kind] as number);
  }
  return sum;
}

// the latest event of the walk, and calls that have not ended by then
let event = CAME;
let at = 0;
let open = 0;

function walk({ request, call }: Window, r: number): void {
  const route = request.route[r] as number;
  const answeredAt = request.end[r] as number;
  let isAnswered = false;
  event = CAME;
  at = request.start[r] as number;
  open = 0;
  for (let i = 0; i < kindCount; i++) counts[kinds[i] as number] = 0;
  kindCount = 0;
  steps = 0;
  for (let i = 0; i < length; i++) {
    const c = sequence[i] as number;
    const start = call.start[c] as number;
    const kind = call.kind[c] as number;
    if (start > answeredAt && !isAnswered) {
      answer(route, answeredAt);
      isAnswered = true;
    }
    endBy(start);
    keys[steps] = transition(route, event, kind);
    gaps[steps++] = start - at;
    event = began(kind);
    at = start;
    openEnds[open] = call.end[c] as number;
    openKinds[open++] = kind;
    if (counts[kind] === 0) kinds[kindCount++] = kind;
    counts[kind] = (counts[kind] as number) + 1;
  }
  if (!isAnswered) answer(route, answeredAt);
}

function answer(route: number, answeredAt: number): void {
  endBy(answeredAt);
  keys[steps] = transition(route, event, -1);
  gaps[steps++] = answeredAt - at;
  event = ANSWERED;
  at = answeredAt;
}

/** The latest end until then becomes the latest event. */
function endBy(until: number): void {
  let kept = 0;
  for (let i = 0; i < open; i++) {
    const end = openEnds[i] as number;
    if (end > until) {
      openEnds[kept] = end;
      openKinds[kept++] = openKinds[i] as number;
    } else if (end >= at) {
      at = end;
      event = ended(openKinds[i] as number);
    }
  }
  open = kept;
}
