// The run of one request: its events in the order of time, as steps from the latest event to the next. Calls one after the
// other, at once, or both, skipped, repeated, left behind after the answer: all are such steps, only with other odds. What a
// change makes of it is told from the steps around it.
import { binOf } from "./gap.ts";
import { began, CAME, learnCount, learnStep, learnVisit, logCount, logStep, type Model } from "./model.ts";
import { answeredOf, cameOf, endOf, NONE, startOf, type Window } from "./window.ts";

/** how often each kind was counted, and which were */
const counts = new Int32Array(512);
const kinds = new Int32Array(512);
let kindCount = 0;

/** Log likelihood of a request with the calls it has. */
export function likelihood(window: Window, model: Model, r: number): number {
  let last = NONE;
  const { next, type } = window.event;
  let sum = 0;
  for (let at = cameOf(window, r), e = next[at] as number; e !== NONE; at = e, e = next[e] as number) {
    sum += step(window, model, r, at, e);
    count(type[e] as number);
    last = e;
  }
  sum += step(window, model, r, last, NONE);
  return sum + judgedCounts(window, model, r);
}

/** Log likelihood of a request, if its calls before `cut` were those of `head`, and from then on those of `tail`. */
export function spliced(window: Window, model: Model, r: number, head: number, tail: number, cut: number): number {
  const { next, type, rank } = window.event;
  const answered = answeredOf(window, r);
  const isHead = (e: number) => e < 2 * window.capacity && (rank[e & ~1] as number) < cut;
  const isTail = (e: number) => e < 2 * window.capacity && (rank[e & ~1] as number) >= cut;
  let ours = next[cameOf(window, head)] as number;
  let theirs = next[cameOf(window, tail)] as number;
  let isOver = false;
  let at = cameOf(window, r);
  let sum = 0;
  for (;;) {
    while (ours !== NONE && !isHead(ours)) ours = next[ours] as number;
    while (theirs !== NONE && !isTail(theirs)) theirs = next[theirs] as number;
    let e = isOver ? NONE : answered;
    if (ours !== NONE && (e === NONE || (rank[ours] as number) < (rank[e] as number))) e = ours;
    if (theirs !== NONE && (e === NONE || (rank[theirs] as number) < (rank[e] as number))) e = theirs;
    if (e === NONE) break;
    if (e === answered) isOver = true;
    else if (e === ours) ours = next[ours] as number;
    else theirs = next[theirs] as number;
    sum += step(window, model, r, at, e);
    count(type[e] as number);
    at = e;
  }
  sum += step(window, model, r, at, NONE);
  return sum + judgedCounts(window, model, r);
}

function count(type: number): void {
  if ((type & 1) === 1 || type === 0) return;
  const kind = (type >> 1) - 1;
  if (counts[kind] === 0) kinds[kindCount++] = kind;
  counts[kind] = (counts[kind] as number) + 1;
}

function judgedCounts(window: Window, model: Model, r: number): number {
  const route = window.request.route[r] as number;
  let sum = 0;
  for (let i = 0; i < kindCount; i++) {
    const kind = kinds[i] as number;
    sum += logCount(model, route, kind, counts[kind] as number);
    counts[kind] = 0;
  }
  kindCount = 0;
  return sum;
}

export function step({ request, event }: Window, model: Model, r: number, before: number, e: number): number {
  const { time, type } = event;
  if (e === NONE) return logStep(model, request.route[r] as number, type[before] as number, 1, 0);
  return logStep(
    model,
    request.route[r] as number,
    type[before] as number,
    type[e] as number,
    (time[e] as number) - (time[before] as number),
  );
}

/** What a request's log likelihood gains without one of its calls. */
export function without(window: Window, model: Model, r: number, c: number): number {
  const { next, before } = window.event;
  const start = startOf(c);
  const end = endOf(c);
  const at = before[start] as number;
  const then = next[start] as number;
  const after = next[end] as number;
  let gain = -step(window, model, r, at, start) + lessCount(window, model, r, c);
  if (then === end) {
    gain += step(window, model, r, at, after) - step(window, model, r, start, end) - step(window, model, r, end, after);
    return gain;
  }
  const last = before[end] as number;
  gain += step(window, model, r, at, then) - step(window, model, r, start, then);
  gain += step(window, model, r, last, after) - step(window, model, r, last, end) - step(window, model, r, end, after);
  return gain;
}

function lessCount(window: Window, model: Model, r: number, c: number): number {
  const kind = window.call.kind[c] as number;
  const n = countOf(window, r, kind);
  const route = window.request.route[r] as number;
  return logCount(model, route, kind, n - 1) - logCount(model, route, kind, n);
}

/** What a request's log likelihood gains with a further call, given that another of it, of the same kind, is not there.
 *  @param except that other call, or NONE @param from the latest event before the call, or one before that
 *  @returns -∞ if the step to the call is less likely than `least` */
export function plus(
  window: Window,
  model: Model,
  r: number,
  c: number,
  except: number,
  from: number,
  least = Number.NEGATIVE_INFINITY,
): number {
  const { next, before, rank } = window.event;
  const start = startOf(c);
  const end = endOf(c);
  const startRank = rank[start] as number;
  const endRank = rank[end] as number;
  const gone = except === NONE ? NONE : startOf(except);
  const goneEnd = except === NONE ? NONE : endOf(except);
  let at = from;
  while (at === gone || at === goneEnd) at = before[at] as number;
  let then = next[at] as number;
  for (; then !== NONE; then = next[then] as number) {
    if (then === gone || then === goneEnd) continue;
    if ((rank[then] as number) > startRank) break;
    at = then;
  }
  let gain = step(window, model, r, at, start);
  if (gain < least) return Number.NEGATIVE_INFINITY;
  if (then === NONE || (rank[then] as number) > endRank) {
    gain += step(window, model, r, start, end) + step(window, model, r, end, then) - step(window, model, r, at, then);
  } else {
    gain += step(window, model, r, start, then) - step(window, model, r, at, then);
    at = then;
    for (then = next[then] as number; then !== NONE; then = next[then] as number) {
      if (then === gone || then === goneEnd) continue;
      if ((rank[then] as number) > endRank) break;
      at = then;
    }
    gain += step(window, model, r, at, end) + step(window, model, r, end, then) - step(window, model, r, at, then);
  }
  if (except !== NONE) return gain;
  const kind = window.call.kind[c] as number;
  const n = countOf(window, r, kind);
  const route = window.request.route[r] as number;
  return gain + logCount(model, route, kind, n + 1) - logCount(model, route, kind, n);
}

function countOf(window: Window, r: number, kind: number): number {
  const { next, type } = window.event;
  const beganNow = began(kind);
  let n = 0;
  for (let e = next[cameOf(window, r)] as number; e !== NONE; e = next[e] as number) if (type[e] === beganNow) n++;
  return n;
}

/** What it gains without one, when the number of its kind does not change. */
export function withoutCount(window: Window, model: Model, r: number, c: number): number {
  return without(window, model, r, c) - lessCount(window, model, r, c);
}

export function learnRun(window: Window, model: Model, r: number): void {
  const { next, type, time } = window.event;
  const route = window.request.route[r] as number;
  for (let at = cameOf(window, r), e = next[at] as number; e !== NONE; at = e, e = next[e] as number) {
    const what = type[e] as number;
    learnVisit(model, route, what, 1);
    if ((what & 1) === 0) {
      const bin = binOf((time[e] as number) - (time[at] as number));
      learnStep(model, route, type[at] as number, what, bin, 1);
    }
    count(what);
  }
  learnVisit(model, route, CAME, 1);
  model.routeWeight[route] = (model.routeWeight[route] as number) + 1;
  for (let i = 0; i < kindCount; i++) {
    const kind = kinds[i] as number;
    learnCount(model, route, kind, counts[kind] as number, 1);
    counts[kind] = 0;
  }
  kindCount = 0;
}
