// What is believed of a service before anything of it was stitched. A request that was alone made all the calls of its time.
// Of the others something is known too: whatever triggers a call comes a certain gap before it, all else comes before it by
// chance, at its own rate, so gaps that are more frequent than chance are cause and effect, however many are in flight.
import { BINS, binOf } from "./gap.ts";
import { ANSWERED, began, CAME, ended, learnCount, learnStep, learnVisit, type Model } from "./model.ts";
import { learnRun } from "./run.ts";
import { attach, bare, type Window } from "./window.ts";

/** events before a call, or an answer, that are looked at */
const LOOK_BACK = 96;
/** how much more frequent than chance */
const LEAST_RATIO = 2;
const LEAST_SHARE = 0.02;
/** requests of a route that were alone, with which half of what is believed comes from them */
const ENOUGH_ALONE = 5;

export function firstGuess(window: Window, model: Model): void {
  guessStrays(window, model);
  learnAlone(window, model);
  const trust = Float64Array.from(model.routeWeight, (alone) => ENOUGH_ALONE / (ENOUGH_ALONE + alone));
  guessCounts(window, model, trust);
  guessGaps(window, model, trust);
}

function learnAlone(window: Window, model: Model): void {
  const { request, call } = window;
  let next = 0;
  let busyUntil = Number.NEGATIVE_INFINITY;
  for (let r = 0; r < window.requests; r++) {
    const start = request.start[r] as number;
    const end = request.end[r] as number;
    const isAlone = start > busyUntil && !(r + 1 < window.requests && (request.start[r + 1] as number) <= end);
    busyUntil = Math.max(busyUntil, end);
    if (!isAlone) continue;
    // What comes before the next request may be late; what is nearer to that is nobody's.
    const until = r + 1 < window.requests ? (end + (request.start[r + 1] as number)) / 2 : end;
    bare(window, r);
    while (next < window.calls && (call.start[next] as number) < start) next++;
    for (; next < window.calls && (call.start[next] as number) <= until; next++) attach(window, next, r);
    learnRun(window, model, r);
  }
}

/** How many calls of a kind there are for a request: as if all routes were alike. */
function guessCounts({ request, call, requests, calls }: Window, model: Model, trust: Float64Array): void {
  const ofKind = new Int32Array(model.kinds);
  for (let c = 0; c < calls; c++) ofKind[call.kind[c] as number] = (ofKind[call.kind[c] as number] as number) + 1;
  const ofRoute = new Int32Array(model.routes);
  for (let r = 0; r < requests; r++)
    ofRoute[request.route[r] as number] = (ofRoute[request.route[r] as number] as number) + 1;
  for (let route = 0; route < model.routes; route++) {
    const weight = (ofRoute[route] as number) * (trust[route] as number);
    if (weight === 0) {
      trust[route] = 0;
      continue;
    }
    model.routeWeight[route] = (model.routeWeight[route] as number) + weight;
    learnVisit(model, route, CAME, weight);
    learnVisit(model, route, ANSWERED, weight);
    for (let kind = 0; kind < model.kinds; kind++) {
      const mean = (ofKind[kind] as number) / Math.max(1, requests);
      if (mean === 0) continue;
      const less = Math.floor(mean);
      learnVisit(model, route, began(kind), weight * mean);
      learnVisit(model, route, ended(kind), weight * mean);
      if (less > 0) learnCount(model, route, kind, less, weight * (1 - mean + less));
      learnCount(model, route, kind, less + 1, weight * (mean - less));
    }
  }
}

/** Calls made while no request was in flight are nobody's, if they are nearer to the next request than to the last: the
 *  others may be late. */
function guessStrays({ request, call, requests, calls }: Window, model: Model): void {
  let next = 0;
  let busyUntil = Number.POSITIVE_INFINITY;
  for (let c = 0; c < calls && next < requests; c++) {
    const now = call.start[c] as number;
    for (; next < requests && (request.start[next] as number) <= now; next++) {
      const start = request.start[next] as number;
      if (start > busyUntil) model.strayUs += (start - busyUntil) / 2;
      const end = request.end[next] as number;
      busyUntil = busyUntil === Number.POSITIVE_INFINITY ? end : Math.max(busyUntil, end);
    }
    const kind = call.kind[c] as number;
    const isIdle = next < requests && now - busyUntil > (request.start[next] as number) - now;
    if (isIdle) model.strays[kind] = (model.strays[kind] as number) + 1;
  }
}

function guessGaps(window: Window, model: Model, trust: Float64Array): void {
  const { request, event, capacity } = window;
  const { time, type } = event;
  const rows = (e: number) => (e >> 1 < capacity ? e >> 1 < window.calls : (e >> 1) - capacity < window.requests);
  const order = event.order.filter(rows);
  const spanUs = (time[order.at(-1) ?? 0] ?? 0) - (time[order[0] ?? 0] ?? 0);
  if (!(spanUs > 0)) return;
  const reachUs = (spanUs / order.length) * LOOK_BACK;
  const { routes } = model;
  // Types: arrivals and answers are told apart by route, events of calls by kind.
  const types = 2 * routes + 2 * model.kinds;
  const typeOf = (e: number) =>
    e < 2 * capacity
      ? 2 * routes + (type[e] as number) - 2
      : 2 * (request.route[(e >> 1) - capacity] as number) + (e & 1);
  const pairs = new Map<number, Float64Array>();
  const frequency = new Float64Array(types);
  const lookedAt = new Float64Array(types * BINS);
  const counted = new Float64Array(types * BINS);
  let oldest = 0;
  let alive = 0;
  for (let i = 0; i < order.length; i++) {
    const e = order[i] as number;
    const now = time[e] as number;
    const effect = typeOf(e);
    frequency[effect] = (frequency[effect] as number) + 1;
    if (e >= 2 * capacity) alive += (e & 1) === 0 ? 1 : -1;
    if (((type[e] as number) & 1) === 1) continue;
    while (oldest < window.requests - 1 && (request.end[oldest] as number) < now) oldest++;
    const isAnswer = e >= 2 * capacity;
    const since = isAnswer ? (time[e - 1] as number) : (request.start[oldest] as number);
    // The latest event of the same request counts, and each in between may be it.
    const other = 1 - 1 / Math.max(1, alive + (isAnswer ? 1 : 0));
    let share = 1;
    for (let j = i - 1; j >= Math.max(0, i - LOOK_BACK) && share > LEAST_SHARE; j--) {
      const f = order[j] as number;
      // Both must be possible for one request.
      if (f < 2 * capacity) {
        if ((time[f & ~1] as number) < since) continue;
      } else if (isAnswer) {
        if (f !== e - 1) continue;
      } else if ((f & 1) === 0 && (time[f + 1] as number) < now) continue;
      const key = typeOf(f) * types + effect;
      let gaps = pairs.get(key);
      if (!gaps) {
        gaps = new Float64Array(BINS);
        pairs.set(key, gaps);
      }
      const bin = binOf(now - (time[f] as number));
      gaps[bin] = (gaps[bin] as number) + share;
      const place = effect * BINS + bin;
      lookedAt[place] = (lookedAt[place] as number) + 1;
      counted[place] = (counted[place] as number) + share;
      share *= other;
    }
  }
  for (const [key, gaps] of pairs) {
    const cause = Math.floor(key / types);
    const effect = key % types;
    const byChance = ((frequency[cause] as number) * (frequency[effect] as number)) / spanUs;
    const next = effect < 2 * routes ? ANSWERED : began((effect - 2 * routes) >> 1);
    for (let bin = 0; bin < BINS; bin++) {
      const width = Math.exp(model.widths[bin] as number);
      const place = effect * BINS + bin;
      const looked = lookedAt[place] as number;
      const part = looked > 0 ? (counted[place] as number) / looked : 1;
      const ratio = (gaps[bin] as number) / Math.max(1e-9, byChance * width * part);
      if (ratio < LEAST_RATIO || width > reachUs) continue;
      const weight = (gaps[bin] as number) * (1 - 1 / ratio) ** 2;
      for (let route = 0; route < routes; route++) {
        if ((trust[route] as number) === 0 || (effect < 2 * routes && effect >> 1 !== route)) continue;
        if (cause < 2 * routes && cause >> 1 !== route) continue;
        const before = cause >= 2 * routes ? cause - 2 * routes + 2 : (cause & 1) === 0 ? CAME : ANSWERED;
        learnStep(model, route, before, next, bin, weight * (trust[route] as number));
      }
    }
  }
}
