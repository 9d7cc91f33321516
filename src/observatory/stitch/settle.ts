// One telling: assign → learn → assign over a workload's window, then the links that are due.
import { affinityOf, begin, isContentShared } from "./candidates.ts";
import { toldConfidence } from "./confidence.ts";
import type { Link } from "./exchange.ts";
import { firstCome, serveInOrder } from "./first-come.ts";
import { firstGuess } from "./first-guess.ts";
import { type Held, sort } from "./held.ts";
import { compile, copyOf, fade, type Model, scale } from "./model.ts";
import { learnRun } from "./run.ts";
import { sharersOf } from "./shared.ts";
import { improve } from "./sweep.ts";
import { CANDIDATES, NONE, type Window } from "./window.ts";

/** The rounds while little is known, by what share of a context's requests is believed to be no mistake. */
const FIRST_DOUBTS = [0.1, 0.1, 0.05, 0.02, 0];
/** what earlier rounds count against the latest */
const HEARSAY = 0.1;
/** How often things happen is learned from all, or what is hard to tell would pass for rare; what gaps there are, from what
 *  is sure, by this power of the least confidence: one wrong link makes two wrong gaps, and they breed. */
const SURENESS = 6;
/** through a window at most, to learn and to tell */
const FEW_SWEEPS = 3;
const SWEEPS = 10;
/** requests that are too few to tell one explanation from another */
const FEW = 100;
/** requests that the rounds look at */
const ENOUGH = 800;

/** @param toldUs calls that ended by then are told */
export function settle(held: Held, known: Model, toldUs: number, tell: (link: Link) => void): Model {
  sort(held);
  const { window } = held;
  const until = toldUs - held.baseUs;
  const weight = known.routeWeight.reduce((sum, weight) => sum + weight, 0);
  const model = window.requests > 2 * weight ? learnAnew(window, known) : known;
  assign(window, model, 0, SWEEPS);
  fade(model);
  learn(window, model, held.toldUs, until);
  tellDue(window, until, sharersOf(window, model), tell);
  held.toldUs = until;
  return model;
}

/** Learning ends in the nearest explanation, not in the best: so it begins from more than one, and the likeliest stays. */
function learnAnew(window: Window, known: Model): Model {
  let best = known;
  let most = Number.NEGATIVE_INFINITY;
  atBegin(window, (cut) => {
    for (const { learn: guess, isInOrder } of window.requests < FEW ? BEGINNINGS.slice(0, 1) : BEGINNINGS) {
      const model = copyOf(known);
      scale(model, HEARSAY);
      model.isInOrder = isInOrder;
      guess(window, model);
      for (const doubt of FIRST_DOUBTS) {
        assign(window, model, doubt, FEW_SWEEPS);
        scale(model, HEARSAY);
        learn(window, model, Number.NEGATIVE_INFINITY, cut);
      }
      assign(window, model, 0, FEW_SWEEPS);
      const sum = total(window, model);
      if (sum <= most) continue;
      most = sum;
      best = model;
    }
  });
  return best;
}

/** Sweeps undo no long chain of mistakes, as one that is out of order makes in a queue: so order is kept to begin with. */
const BEGINNINGS = [
  { learn: firstGuess, isInOrder: false },
  { learn: firstCome, isInOrder: false },
  { learn: firstCome, isInOrder: true },
] as const;

/** Log likelihood of all. */
function total(window: Window, model: Model): number {
  const { request, call, requests, calls } = window;
  let sum = 0;
  for (let r = 0; r < requests; r++) sum += request.score[r] as number;
  for (let c = 0; c < calls; c++) {
    const parent = call.parent[c] as number;
    sum += parent === NONE ? (model.logStray[call.kind[c] as number] as number) : affinityOf(window, model, c, parent);
  }
  return sum;
}

/** The rounds need no more than a window's first requests; of those that go on after the cut some calls are missing. */
function atBegin(window: Window, act: (cut: number) => void): void {
  const { requests, calls } = window;
  const cut = requests > ENOUGH ? (window.request.start[ENOUGH] as number) : Number.POSITIVE_INFINITY;
  window.requests = Math.min(requests, ENOUGH);
  while (window.calls > 0 && (window.call.start[window.calls - 1] as number) > cut) window.calls--;
  act(cut);
  window.requests = requests;
  window.calls = calls;
}

function assign(window: Window, model: Model, doubt: number, sweeps: number): void {
  compile(model, doubt);
  begin(window, model);
  if (model.isInOrder) serveInOrder(window);
  improve(window, model, sweeps);
}

/** From what ended in (after, until], each weighed by how sure it is. */
function learn(window: Window, model: Model, after: number, until: number): void {
  const { request, call } = window;
  const isDue = (end: number) => end > after && end <= until;
  for (let r = 0; r < window.requests; r++) {
    if (!isDue(request.end[r] as number)) continue;
    let sum = 0;
    let count = 0;
    let least = 1;
    for (let c = request.first[r] as number; c !== NONE; c = call.next[c] as number) {
      sum += call.confidence[c] as number;
      count++;
      least = Math.min(least, call.confidence[c] as number);
    }
    learnRun(window, model, r, count === 0 ? 1 : sum / count, least ** SURENESS);
  }
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < window.calls; c++) {
    const end = call.end[c] as number;
    if (!isDue(end)) continue;
    first = Math.min(first, end);
    last = Math.max(last, end);
    const kind = call.kind[c] as number;
    if (call.parent[c] === NONE) model.strays[kind] = (model.strays[kind] as number) + (call.confidence[c] as number);
    else learnContent(window, model, c);
  }
  if (last > first) model.strayUs += last - first;
}

function learnContent({ request, call }: Window, model: Model, c: number): void {
  const at = (call.kind[c] as number) * 4;
  const add = (place: number, isShared: boolean) => {
    model.content[at + place] = (model.content[at + place] as number) + 1;
    if (isShared) model.content[at + place + 1] = (model.content[at + place + 1] as number) + 1;
  };
  const parent = call.parent[c] as number;
  for (let i = 0; i < (call.candidateCount[c] as number); i++) {
    const r = call.candidates[c * CANDIDATES + i] as number;
    const isShared = isContentShared(call.tokens, c, request.tokens, r);
    add(0, isShared);
    if (r === parent) add(2, isShared);
  }
}

function tellDue(
  { request, call, calls }: Window,
  until: number,
  sharers: ReadonlyMap<number, readonly number[]>,
  tell: (link: Link) => void,
): void {
  for (let c = 0; c < calls; c++) {
    if (call.told[c] === 1 || (call.end[c] as number) > until) continue;
    call.told[c] = 1;
    const parent = call.parent[c] as number;
    tell({
      call: call.id[c] as number,
      request: parent === NONE ? undefined : (request.id[parent] as number),
      also: (sharers.get(c) ?? []).map((r) => request.id[r] as number),
      confidence: toldConfidence(call.confidence[c] as number, call.candidateCount[c] as number),
    });
  }
}
