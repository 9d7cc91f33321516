// What is believed of a service before anything of it was stitched. Whatever triggers a call comes a certain gap before it;
// all else comes before it by chance, at its own rate. So gaps that are more frequent than chance are cause and effect,
// however many requests are in flight.
import { BINS, binOf } from "./gap.ts";
import { ANSWERED, began, CAME, ended, learnCount, learnGap, type Model, transition } from "./model.ts";
import type { Window } from "./window.ts";

/** events before a call, or an answer, that are looked at */
const LOOK_BACK = 96;
/** how much more frequent than chance */
const LEAST_RATIO = 2;

type Events = { readonly times: Float64Array; readonly types: Int32Array; readonly order: Int32Array };

export function firstGuess(window: Window, model: Model): void {
  const routes =
    1 + window.request.route.subarray(0, window.requests).reduce((most, route) => Math.max(most, route), 0);
  const kinds = 1 + window.call.kind.subarray(0, window.calls).reduce((most, kind) => Math.max(most, kind), 0);
  const events = eventsOf(window, routes, kinds);
  const { times, order } = events;
  const spanUs = (times[order.at(-1) ?? 0] ?? 0) - (times[order[0] ?? 0] ?? 0);
  if (!(spanUs > 0)) return;

  guessCounts(window, model, routes, kinds);
  guessStrays(window, model, spanUs);
  const { pairs, causes, effects } = pairsOf(events, routes, kinds);
  const reachUs = (spanUs / order.length) * LOOK_BACK;
  const answers = routes + 2 * kinds;
  for (const [key, gaps] of pairs) {
    const cause = Math.floor(key / 65_536);
    const effect = key % 65_536;
    const byChance = ((causes[cause] as number) * (effects[effect] as number)) / spanUs;
    for (let bin = 0; bin < BINS; bin++) {
      const width = Math.exp(model.widths[bin] as number);
      const ratio = (gaps[bin] as number) / Math.max(1e-9, byChance * width);
      if (ratio < LEAST_RATIO || width > reachUs) continue;
      const weight = (gaps[bin] as number) * (1 - 1 / ratio) ** 2;
      for (let route = 0; route < routes; route++) {
        // an arrival and an answer are of one route; how calls follow each other is believed of all
        const causeRoute = cause < routes ? cause : cause >= answers ? cause - answers : route;
        if (causeRoute !== route || (effect < routes && effect !== route)) continue;
        const event = cause < routes ? CAME : cause >= answers ? ANSWERED : cause - routes + 2;
        learnGap(model, transition(route, event, effect < routes ? -1 : effect - routes), bin, weight);
      }
    }
  }
}

/** How many calls of a kind there are for a request: as if all routes were alike. */
function guessCounts({ request, call, requests, calls }: Window, model: Model, routes: number, kinds: number): void {
  const ofKind = new Int32Array(kinds);
  for (let c = 0; c < calls; c++) ofKind[call.kind[c] as number] = (ofKind[call.kind[c] as number] as number) + 1;
  for (let r = 0; r < requests; r++) {
    const route = request.route[r] as number;
    model.routeWeight[route] = (model.routeWeight[route] as number) + 1;
  }
  for (let route = 0; route < routes; route++) {
    const weight = model.routeWeight[route] as number;
    for (let kind = 0; kind < kinds; kind++) {
      const mean = (ofKind[kind] as number) / Math.max(1, requests);
      const less = Math.floor(mean);
      if (less > 0) learnCount(model, route, kind, less, weight * (1 - mean + less));
      learnCount(model, route, kind, less + 1, weight * (mean - less));
    }
  }
}

/** Calls made while no request was in flight are nobody's, as far as is known. */
function guessStrays({ request, call, requests, calls }: Window, model: Model, spanUs: number): void {
  let next = 0;
  let busyUntil = Number.NEGATIVE_INFINITY;
  let busyUs = 0;
  for (let c = 0; c < calls; c++) {
    const now = call.start[c] as number;
    for (; next < requests && (request.start[next] as number) <= now; next++) {
      const end = request.end[next] as number;
      busyUs += Math.max(0, end - Math.max(busyUntil, request.start[next] as number));
      busyUntil = Math.max(busyUntil, end);
    }
    const kind = call.kind[c] as number;
    if (now > busyUntil) model.strays[kind] = (model.strays[kind] as number) + 1;
  }
  model.strayUs += Math.max(0, spanUs - busyUs);
}

/** Types: the routes' arrivals, then `began` and `ended` of each kind; the answers stand last. */
function eventsOf({ request, call, requests, calls }: Window, routes: number, kinds: number): Events {
  const count = 2 * requests + 2 * calls;
  const times = new Float64Array(count);
  const types = new Int32Array(count);
  let at = 0;
  const add = (time: number, type: number) => {
    times[at] = time;
    types[at++] = type;
  };
  const base = routes - 2;
  for (let r = 0; r < requests; r++) {
    add(request.start[r] as number, request.route[r] as number);
  }
  for (let c = 0; c < calls; c++) {
    add(call.start[c] as number, base + began(call.kind[c] as number));
    add(call.end[c] as number, base + ended(call.kind[c] as number));
  }
  // last, since an answer at the very time of a call's end comes after it
  for (let r = 0; r < requests; r++) {
    add(request.end[r] as number, routes + 2 * kinds + (request.route[r] as number));
  }
  const order = Int32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => (times[a] as number) - (times[b] as number),
  );
  return { times, types, order };
}

function pairsOf({ times, types, order }: Events, routes: number, kinds: number) {
  const pairs = new Map<number, Float64Array>();
  const causes = new Float64Array(2 * routes + 2 * kinds);
  const effects = new Float64Array(routes + kinds);
  const answers = routes + 2 * kinds;
  for (let i = 0; i < order.length; i++) {
    const type = types[order[i] as number] as number;
    causes[type] = (causes[type] as number) + 1;
    const effect = effectOf(type, routes, answers);
    if (effect < 0) continue;
    effects[effect] = (effects[effect] as number) + 1;
    const now = times[order[i] as number] as number;
    for (let j = i - 1; j >= Math.max(0, i - LOOK_BACK); j--) {
      const cause = types[order[j] as number] as number;
      if (cause >= answers && effect < routes) continue; // one answer is not the cause of another
      const key = cause * 65_536 + effect;
      const gaps = pairs.get(key) ?? new Float64Array(BINS);
      pairs.set(key, gaps);
      const bin = binOf(now - (times[order[j] as number] as number));
      gaps[bin] = (gaps[bin] as number) + 1;
    }
  }
  return { pairs, causes, effects };
}

/** -1: nothing that a request does next */
function effectOf(type: number, routes: number, answers: number): number {
  if (type >= answers) return type - answers;
  if (type < routes || (type - routes) % 2 === 1) return -1;
  return routes + (type - routes) / 2;
}
