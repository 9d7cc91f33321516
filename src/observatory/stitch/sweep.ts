// The joint assignment of a window: each call is tried with each of its candidates: alone, in exchange for a call of the same
// kind, and with all that comes after it or before it in exchange for the other's, until nothing makes the whole more
// likely. What the alternatives would cost is the confidence of a link.
import { affinityOf } from "./candidates.ts";
import { confidenceOf } from "./confidence.ts";
import { MOST_ROUTES, type Model } from "./model.ts";
import { junction, likelihood, spliced } from "./run.ts";
import { attach, CANDIDATES, detach, NONE, type Window } from "./window.ts";

/** the model is surer than it should be: log odds count a little less */
const TEMPER = 1.3;
const LEAST_GAIN = 1e-6;
/** log odds below which the other half of an exchange is not looked at */
const HOPELESS = -12;
/** changes that are weighed for one call, the likeliest parents' first: the time a call takes is bounded whatever the load */
const MOST_TRIES = 64;
/** what a change that is not worth weighing costs of them */
const A_LOOK = 0.3;

const usual = new Float64Array(MOST_ROUTES);
const routeCounts = new Int32Array(MOST_ROUTES);

export function improve(window: Window, model: Model, sweeps: number): void {
  const { request, call } = window;
  usual.fill(0);
  routeCounts.fill(0);
  for (let r = 0; r < window.requests; r++) {
    const score = likelihood(window, model, r, NONE, NONE);
    const route = request.route[r] as number;
    request.score[r] = score;
    request.changed[r] = 0;
    routeCounts[route] = (routeCounts[route] as number) + 1;
    usual[route] = (usual[route] as number) + (score - (usual[route] as number)) / (routeCounts[route] as number);
  }
  call.odds.fill(0, 0, window.calls);
  for (let sweep = 1; sweep <= sweeps; sweep++) {
    let changes = 0;
    for (let c = 0; c < window.calls; c++) {
      if (call.told[c] === 1 || isSettled(window, c, sweep)) continue;
      if (!weigh(window, model, c)) continue;
      changes++;
      apply(window, model, c, sweep);
    }
    if (changes === 0) break;
  }
  for (let c = 0; c < window.calls; c++)
    if (call.told[c] === 0) call.confidence[c] = confidenceOf(call.odds[c] as number);
}

/** Nothing has changed around it since it was weighed. */
function isSettled({ request, call }: Window, c: number, sweep: number): boolean {
  if (sweep === 1) return false;
  const parent = call.parent[c] as number;
  if (parent !== NONE && (request.changed[parent] as number) >= sweep - 1) return false;
  for (let i = 0; i < (call.candidateCount[c] as number); i++) {
    if ((request.changed[call.candidates[c * CANDIDATES + i] as number] as number) >= sweep - 1) return false;
  }
  return true;
}

/** the best change found by `weigh`: calls that go from here to there, and those that come back: one, or all on a side of
 *  the cut */
const move = { gain: 0, to: NONE, back: NONE, cut: Number.NaN, isTail: false };

function propose(gain: number, to: number, back: number, cut: number, isTail: boolean): void {
  if (!(gain > move.gain)) return;
  move.gain = gain;
  move.to = to;
  move.back = back;
  move.cut = cut;
  move.isTail = isTail;
}

function tried(delta: number, to: number, back: number, cut = Number.NaN, isTail = false): void {
  odds += Math.exp(Math.min(50, delta / TEMPER));
  tries++;
  propose(delta, to, back, cut, isTail);
}

/** against what is, of all that was tried for a call */
let odds = 0;
let tries = 0;

/** Whether some change is better than what is; the odds of the others are noted. */
function weigh(window: Window, model: Model, c: number): boolean {
  const { request, call } = window;
  const from = call.parent[c] as number;
  const kind = call.kind[c] as number;
  const stray = model.logStray[kind] as number;
  const own = from === NONE ? stray : affinityOf(window, model, c, from);
  const kept = from === NONE ? 0 : (request.score[from] as number);
  const left = from === NONE ? 0 : likelihood(window, model, from, c, NONE);
  const hopeless = HOPELESS - lacking(window, from);
  const here = from === NONE ? stray : junction(window, model, from, c, NONE);
  odds = 0;
  move.gain = LEAST_GAIN;
  if (from !== NONE) tried(left - kept + stray - own, NONE, NONE);
  tries = 0;
  for (let i = 0; i < (call.candidateCount[c] as number) && tries < MOST_TRIES; i++) {
    const to = call.candidates[c * CANDIDATES + i] as number;
    if (to === from) continue;
    const base = affinityOf(window, model, c, to) - own - (request.score[to] as number);
    const least = here + hopeless - lacking(window, to) + own - affinityOf(window, model, c, to);
    tries += A_LOOK;
    const isNear = junction(window, model, to, c, NONE) >= least;
    if (isNear) tried(left - kept + base + likelihood(window, model, to, NONE, c), to, NONE);
    for (let d = request.first[to] as number; d !== NONE && tries < MOST_TRIES; d = call.next[d] as number) {
      if (call.kind[d] !== kind || call.told[d] === 1) continue;
      tries += A_LOOK;
      if (junction(window, model, to, c, d) < least) continue;
      const back = from === NONE ? stray : affinityOf(window, model, d, from);
      if (back === Number.NEGATIVE_INFINITY) continue;
      const there = base + likelihood(window, model, to, d, c) + back - affinityOf(window, model, d, to);
      if (there < hopeless) continue;
      tried(there + (from === NONE ? 0 : likelihood(window, model, from, c, d) - kept), to, d);
    }
    if (from === NONE) continue;
    if (isNear) cross(window, model, from, to, call.start[c] as number, true, hopeless);
    const next = call.next[c] as number;
    const first = request.first[from] as number;
    if (next !== NONE && junction(window, model, to, first, NONE) >= least)
      cross(window, model, from, to, call.start[next] as number, false, hopeless);
  }
  call.odds[c] = odds;
  return move.gain > LEAST_GAIN;
}

/** What a request could gain at most, about: how much less likely it is than its route's usual one. */
function lacking({ request }: Window, r: number): number {
  if (r === NONE) return 0;
  return Math.max(0, (usual[request.route[r] as number] as number) - (request.score[r] as number));
}

/** Two requests exchange what they called from the cut on, or what they called before it. */
function cross(
  window: Window,
  model: Model,
  from: number,
  to: number,
  cut: number,
  isTail: boolean,
  hopeless: number,
): void {
  const affinity =
    exchangeAffinity(window, model, from, to, cut, isTail) + exchangeAffinity(window, model, to, from, cut, isTail);
  tries += A_LOOK;
  if (!(affinity > Number.NEGATIVE_INFINITY)) return;
  const head = isTail ? from : to;
  const tail = isTail ? to : from;
  const there = spliced(window, model, to, tail, head, cut) + affinity - (window.request.score[to] as number);
  if (there < hopeless) return;
  tried(
    there + spliced(window, model, from, head, tail, cut) - (window.request.score[from] as number),
    to,
    NONE,
    cut,
    isTail,
  );
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
  const { request, call } = window;
  let sum = 0;
  for (let c = request.first[from] as number; c !== NONE; c = call.next[c] as number) {
    if ((call.start[c] as number) >= cut !== isTail) continue;
    if (call.told[c] === 1) return Number.NEGATIVE_INFINITY;
    const there = affinityOf(window, model, c, to);
    if (there === Number.NEGATIVE_INFINITY) return there;
    sum += there - affinityOf(window, model, c, from);
  }
  return sum;
}

const goes: number[] = [];
const comes: number[] = [];

function apply(window: Window, model: Model, c: number, sweep: number): void {
  const { to, back, cut, isTail } = move;
  const { request, call } = window;
  const from = call.parent[c] as number;
  goes.length = 0;
  comes.length = 0;
  if (Number.isNaN(cut)) {
    goes.push(c);
    if (back !== NONE) comes.push(back);
  } else {
    const onSide = (side: number[], r: number) => {
      for (let x = request.first[r] as number; x !== NONE; x = call.next[x] as number) {
        if ((call.start[x] as number) >= cut === isTail) side.push(x);
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
    request.score[r] = likelihood(window, model, r, NONE, NONE);
    request.changed[r] = sweep;
  }
}
