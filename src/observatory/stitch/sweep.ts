// The joint assignment of a window: each call is tried with each of its candidates: alone, in exchange for a call of the same
// kind, and with all that comes after it or before it in exchange for the other's. Either the likeliest is taken, until
// nothing makes the whole more likely, or one is drawn by how likely each is: what is drawn is how things may well have
// been, which is what to learn from, and how often a link is drawn is how sure it is.
import type { Random } from "../../base/random.ts";
import { affinityOf } from "./content.ts";
import type { Model } from "./model.ts";
import { likelihood, plus, spliced, step, without, withoutCount } from "./run.ts";
import { attach, CANDIDATES, cameOf, detach, NONE, startOf, type Window } from "./window.ts";

const LEAST_GAIN = 1e-6;
/** log odds below which a change is not looked at any further */
const HOPELESS = -6;
const SLACK = 4;
const OWN = -2;
const NONE_NEAR = 1 << 31;

const usual = new Float64Array(512);
const routeCounts = new Int32Array(512);

/** Scores every request with what it has. */
export function score(window: Window, model: Model): void {
  const { request } = window;
  usual.fill(0);
  routeCounts.fill(0);
  for (let r = 0; r < window.requests; r++) {
    const score = likelihood(window, model, r);
    const route = request.route[r] as number;
    request.score[r] = score;
    routeCounts[route] = (routeCounts[route] as number) + 1;
    usual[route] = (usual[route] as number) + (score - (usual[route] as number)) / (routeCounts[route] as number);
  }
}

/** counts changes, so that it is known what has changed since a call was weighed */
let tick = 0;

/** The model is another: nothing is known of any call. */
export function forget({ call, calls }: Window): void {
  call.weighed.fill(-1, 0, calls);
}

/** Takes what is likelier until nothing is. */
export function improve(window: Window, model: Model, sweeps: number): void {
  const { call } = window;
  score(window, model);
  for (let sweep = 1; sweep <= sweeps; sweep++) {
    let changes = 0;
    rewind(window);
    for (let c = 0; c < window.calls; c++) {
      if (call.told[c] === 1 || isSettled(window, c)) continue;
      weigh(window, model, c);
      const at = likeliest();
      if (at < 0) continue;
      changes++;
      apply(window, model, c, at);
    }
    if (changes === 0) break;
  }
}

/** Draws anew whose each call is, given the others. `shares` of the candidates are added up. */
export function draw(window: Window, model: Model, random: Random): void {
  const { call } = window;
  score(window, model);
  rewind(window);
  for (let c = 0; c < window.calls; c++) {
    if (call.told[c] === 1) continue;
    if (call.near[c] === 0 && isSettled(window, c)) {
      keep(window, c, 1);
      continue;
    }
    weigh(window, model, c);
    share(window, c);
    const at = drawn(random.unit());
    if (at >= 0) apply(window, model, c, at);
  }
}

/** Nothing has changed around it since it was weighed. */
function isSettled({ request, call }: Window, c: number): boolean {
  const { changed } = request;
  const weighed = call.weighed[c] as number;
  if (weighed < 0) return false;
  if (weighed === tick) return true;
  const parent = call.parent[c] as number;
  if (parent !== NONE && (changed[parent] as number) > weighed) return false;
  const base = c * CANDIDATES;
  for (let i = base; i < base + (call.candidateCount[c] as number); i++) {
    if ((changed[call.candidates[i] as number] as number) > weighed) return false;
  }
  return true;
}

// Changes that were weighed for a call: what each gains, to whom it goes, and the calls that come back: one, or all on a
// side of the cut.
const MOST = 512;
const gains = new Float64Array(MOST);
const tos = new Int32Array(MOST);
const whichs = new Int32Array(MOST);
const backs = new Int32Array(MOST);
const cuts = new Int32Array(MOST);
const ALONE = 0;
const TAIL = 1;
const HEAD = 2;
const hows = new Uint8Array(MOST);
let changes = 0;

/** the candidate that changes are weighed with, by its place; NONE: that the call is nobody's */
let which = NONE;

function option(gain: number, to: number, back: number, how: number, cut: number): void {
  if (!(gain > HOPELESS) || changes === MOST) return;
  gains[changes] = gain;
  tos[changes] = to;
  whichs[changes] = which;
  backs[changes] = back;
  hows[changes] = how;
  cuts[changes++] = cut;
}

function likeliest(): number {
  let best = -1;
  let most = LEAST_GAIN;
  for (let i = 0; i < changes; i++) {
    if ((gains[i] as number) <= most) continue;
    most = gains[i] as number;
    best = i;
  }
  return best;
}

/** -1: it stays. @param at from 0 to 1 */
function drawn(at: number): number {
  let sum = 1;
  for (let i = 0; i < changes; i++) sum += gains[i] as number;
  let left = at * sum - 1;
  if (left < 0) return -1;
  for (let i = 0; i < changes; i++) {
    left -= gains[i] as number;
    if (left < 0) return i;
  }
  return changes - 1;
}

function keep({ call }: Window, c: number, part: number): number {
  const from = call.parent[c] as number;
  if (from === NONE) {
    call.noneShare[c] = (call.noneShare[c] as number) + part;
    return NONE;
  }
  const base = c * CANDIDATES;
  for (let i = 0; i < (call.candidateCount[c] as number); i++) {
    if (call.candidates[base + i] !== from) continue;
    call.shares[base + i] = (call.shares[base + i] as number) + part;
    return i;
  }
  return NONE;
}

/** Adds up how likely each candidate is. */
function share(window: Window, c: number): void {
  const { call } = window;
  let sum = 1;
  for (let i = 0; i < changes; i++) {
    gains[i] = Math.exp(Math.min(100, gains[i] as number));
    sum += gains[i] as number;
  }
  const base = c * CANDIDATES;
  const own = keep(window, c, 1 / sum);
  for (let i = 0; i < changes; i++) {
    const at = whichs[i] === OWN ? own : (whichs[i] as number);
    const part = (gains[i] as number) / sum;
    if (at === NONE) call.noneShare[c] = (call.noneShare[c] as number) + part;
    else call.shares[base + at] = (call.shares[base + at] as number) + part;
  }
}

function weigh(window: Window, model: Model, c: number): void {
  const { request, call, event } = window;
  const { changed } = request;
  const from = call.parent[c] as number;
  const kind = call.kind[c] as number;
  const stray = model.logStray[kind] as number;
  const own = from === NONE ? stray : affinityOf(window, model, c, from);
  const start = startOf(c);
  const before = from === NONE ? NONE : (event.before[start] as number);
  const here = from === NONE ? stray : step(window, model, from, before, start);
  // Who was out of the question is so still, unless something has changed.
  const weighed = call.weighed[c] as number;
  const isKnown = weighed >= 0 && (from === NONE || (changed[from] as number) <= weighed);
  const wasNear = isKnown ? (call.near[c] as number) : -1;
  const slack = from === NONE ? 0 : Math.min(SLACK, lacking(window, from));
  let left = from === NONE ? 0 : Number.NaN;
  let leftCount = left;
  let near = 0;
  changes = 0;
  if (from !== NONE && (wasNear & NONE_NEAR) !== 0) {
    which = NONE;
    left = without(window, model, from, c);
    option(left + stray - own, NONE, NONE, ALONE, 0);
    if (changes > 0) near = NONE_NEAR;
  }
  const base = c * CANDIDATES;
  const rank = event.rank[start] as number;
  const count = call.candidateCount[c] as number;
  for (let i = 0; i < count; i++) {
    const to = call.candidates[base + i] as number;
    if (to === from || (((wasNear >> i) & 1) === 0 && (changed[to] as number) <= weighed)) continue;
    const affinity = window.hasContent ? affinityOf(window, model, c, to) - own : -own;
    const at = latestBefore(window, to, rank);
    const least = here - affinity + HOPELESS - slack;
    const isAfter = step(window, model, to, at, start) >= least;
    // It could still take the place of the very call before it.
    if (!isAfter && (at >= 2 * window.capacity || call.kind[at >> 1] !== kind)) continue;
    which = i;
    const known = changes;
    if (Number.isNaN(leftCount)) {
      left = without(window, model, from, c);
      leftCount = withoutCount(window, model, from, c);
    }
    if (!isAfter) exchange(window, model, c, from, to, at, at & ~1, least, leftCount, affinity);
    else {
      option(left + plus(window, model, to, c, NONE, at) + affinity, to, NONE, ALONE, 0);
      if (from !== NONE) cross(window, model, c, from, before, to, at, i);
      for (let e = event.next[cameOf(window, to)] as number; e !== NONE; e = event.next[e] as number) {
        if (e < 2 * window.capacity && (e & 1) === 0 && call.kind[e >> 1] === kind)
          exchange(window, model, c, from, to, at, e, least, leftCount, affinity);
      }
    }
    if (changes > known) near |= 1 << i;
  }
  call.weighed[c] = tick;
  call.near[c] = near;
}

/** by request: an event before those that the sweep is at */
let cursors = new Int32Array(1024);

function latestBefore({ event }: Window, r: number, rank: number): number {
  let at = cursors[r] as number;
  for (let then = event.next[at] as number; then !== NONE && (event.rank[then] as number) < rank; ) {
    at = then;
    then = event.next[then] as number;
  }
  cursors[r] = at;
  return at;
}

function rewind(window: Window): void {
  if (cursors.length < window.requests) cursors = new Int32Array(window.capacity);
  for (let r = 0; r < window.requests; r++) cursors[r] = cameOf(window, r);
}

function exchange(
  window: Window,
  model: Model,
  c: number,
  from: number,
  to: number,
  at: number,
  e: number,
  least: number,
  leftCount: number,
  affinity: number,
): void {
  const { call } = window;
  const d = e >> 1;
  if (call.told[d] === 1) return;
  const gain = plus(window, model, to, c, d, at, least);
  if (gain === Number.NEGATIVE_INFINITY) return;
  const there = withoutCount(window, model, to, d) + gain + affinity - affinityOf(window, model, d, to);
  if (from === NONE) {
    option(there + (model.logStray[call.kind[c] as number] as number), to, d, ALONE, 0);
    return;
  }
  const back = affinityOf(window, model, d, from);
  if (back === Number.NEGATIVE_INFINITY) return;
  const here = leftCount + plus(window, model, from, d, c, cameOf(window, from));
  option(there + here + back, to, d, ALONE, 0);
}

/** What a request could gain at most, about: how much less likely it is than its route's usual one. */
function lacking({ request }: Window, r: number): number {
  return Math.max(0, (usual[request.route[r] as number] as number) - (request.score[r] as number));
}

/** Two requests exchange what they called from this call on, or what they called before it. */
function cross(
  window: Window,
  model: Model,
  c: number,
  from: number,
  before: number,
  to: number,
  at: number,
  i: number,
): void {
  const { event, request } = window;
  const start = startOf(c);
  const cut = event.rank[start] as number;
  const then = event.next[at] as number;
  const isCall = then !== NONE && then < 2 * window.capacity && (then & 1) === 0;
  let quick = step(window, model, to, at, start) - step(window, model, from, before, start);
  if (isCall) quick += step(window, model, from, before, then) - step(window, model, to, at, then);
  if (quick < HOPELESS) return;
  const crossed = (isTail: boolean): number => {
    const affinity =
      exchangeAffinity(window, model, from, to, cut, isTail) + exchangeAffinity(window, model, to, from, cut, isTail);
    if (affinity === Number.NEGATIVE_INFINITY) return affinity;
    const [head, tail] = isTail ? [from, to] : [to, from];
    const there = spliced(window, model, to, tail, head, cut) - (request.score[to] as number);
    return there + spliced(window, model, from, head, tail, cut) - (request.score[from] as number) + affinity;
  };
  which = i;
  option(crossed(true), to, NONE, TAIL, cut);
  which = OWN;
  option(crossed(false), to, NONE, HEAD, cut);
  which = i;
}

/** What content says of calls that go over; -∞: one of them cannot. */
function exchangeAffinity(
  window: Window,
  model: Model,
  from: number,
  to: number,
  cut: number,
  isTail: boolean,
): number {
  const { call, event, capacity } = window;
  let sum = 0;
  for (let e = event.next[cameOf(window, from)] as number; e !== NONE; e = event.next[e] as number) {
    if (e >= 2 * capacity || (e & 1) === 1 || (event.rank[e] as number) >= cut !== isTail) continue;
    const c = e >> 1;
    if (call.told[c] === 1) return Number.NEGATIVE_INFINITY;
    const there = affinityOf(window, model, c, to);
    if (there === Number.NEGATIVE_INFINITY) return there;
    sum += there - affinityOf(window, model, c, from);
  }
  return sum;
}

const goes: number[] = [];
const comes: number[] = [];

function apply(window: Window, model: Model, c: number, at: number): void {
  tick++;
  const { request, call, event, capacity } = window;
  const to = tos[at] as number;
  const from = call.parent[c] as number;
  goes.length = 0;
  comes.length = 0;
  if (hows[at] === ALONE) {
    goes.push(c);
    if (backs[at] !== NONE) comes.push(backs[at] as number);
  } else {
    const onSide = (side: number[], r: number) => {
      for (let e = event.next[cameOf(window, r)] as number; e !== NONE; e = event.next[e] as number) {
        if (e >= 2 * capacity || (e & 1) === 1) continue;
        if ((event.rank[e] as number) >= (cuts[at] as number) === (hows[at] === TAIL)) side.push(e >> 1);
      }
    };
    onSide(goes, from);
    onSide(comes, to);
  }
  for (const x of goes) detach(window, x);
  for (const x of comes) detach(window, x);
  for (const x of goes) attach(window, x, to);
  for (const x of comes) attach(window, x, from);
  for (const r of [from, to]) {
    if (r === NONE) continue;
    request.score[r] = likelihood(window, model, r);
    request.changed[r] = tick;
    cursors[r] = cameOf(window, r);
  }
}
