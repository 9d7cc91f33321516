// What is learned of a service: assign → learn → assign, on what was drawn, so that what is not sure is learned as often one
// way as the other. Where little is known yet it begins from a guess.
import type { Random } from "../../base/random.ts";
import { begin } from "./candidates.ts";
import { compile } from "./compile.ts";
import { affinityOf, believeLinks, learnContent } from "./content.ts";
import { firstCome, serveInOrder } from "./first-come.ts";
import { firstGuess } from "./first-guess.ts";
import { copyOf, type Model, scale } from "./model.ts";
import { learnRun } from "./run.ts";
import { draw, forget, improve, score } from "./sweep.ts";
import { NONE, type Window } from "./window.ts";

const ROUNDS = 10;
/** of what was learned in the round before; of what was guessed */
const KEEP = 0.5;
const HEARSAY = 0.1;
/** requests that the rounds look at, and too few to tell one explanation from another */
const ENOUGH = 800;
const FEW = 100;
const FEW_SWEEPS = 3;
/** of a call that has a parent: how much of it might still be nobody's */
const MAYBE_NOBODYS = 0.02;

/** Learning ends in the nearest explanation, not in the best. Sweeps undo no long chain of mistakes, as one that is out of
 *  order makes in a queue: so that calls are made in the order of arrival is the other explanation, and the likelier stays. */
export function learnAnew(window: Window, known: Model, random: Random): Model {
  const { requests, calls } = window;
  const cut = requests > ENOUGH ? (window.request.start[ENOUGH] as number) : Number.POSITIVE_INFINITY;
  window.requests = Math.min(requests, ENOUGH);
  while (window.calls > 0 && (window.call.start[window.calls - 1] as number) > cut) window.calls--;
  // Of requests that go on after the cut some calls are missing.
  const guessed = rounds(window, guess(window, known, firstGuess), cut, random);
  const inOrder = window.requests < FEW ? undefined : likelierInOrder(window, known, totalOf(window, guessed));
  const learned = inOrder ? rounds(window, inOrder, cut, random) : guessed;
  window.requests = requests;
  window.calls = calls;
  return learned;
}

function guess(window: Window, known: Model, how: (window: Window, model: Model) => void): Model {
  const model = copyOf(known);
  scale(model, HEARSAY);
  model.isInOrder = false;
  how(window, model);
  return model;
}

/** What is learned from the order of arrival, where that explains more than `most`. */
function likelierInOrder(window: Window, known: Model, most: number): Model | undefined {
  const model = guess(window, known, firstCome);
  model.isInOrder = true;
  compile(model);
  begin(window, model);
  serveInOrder(window);
  return totalOf(window, model) > most ? model : undefined;
}

function rounds(window: Window, model: Model, cut: number, random: Random): Model {
  const { strayUs } = model;
  const strays = model.strays.slice();
  const content = model.content.slice();
  compile(model);
  begin(window, model);
  if (model.isInOrder) serveInOrder(window);
  forget(window);
  improve(window, model, 1);
  for (let round = 0; round < ROUNDS; round++) {
    draw(window, model, random);
    scale(model, round === 0 ? HEARSAY : KEEP);
    learn(window, model, Number.NEGATIVE_INFINITY, cut);
    // What links share is believed as it was until gaps are known: learned from wrong ones, content would say nothing.
    if (2 * round < ROUNDS) believeLinks(model, content);
    compile(model);
    // What is not yet understood is taken for nobody's else, and then it is learned so.
    if (2 * round < ROUNDS) {
      model.logStray.forEach((log, kind) => {
        const idle = Math.log(((strays[kind] as number) + 1e-5) / (strayUs + 1e5));
        model.logStray[kind] = Math.min(log, idle);
      });
    }
    forget(window);
  }
  compile(model);
  forget(window);
  improve(window, model, FEW_SWEEPS);
  return model;
}

/** Log likelihood of all, as it is assigned. */
function totalOf(window: Window, model: Model): number {
  score(window, model);
  const { request, call, requests, calls } = window;
  let sum = 0;
  for (let r = 0; r < requests; r++) sum += request.score[r] as number;
  for (let c = 0; c < calls; c++) {
    const parent = call.parent[c] as number;
    sum += parent === NONE ? (model.logStray[call.kind[c] as number] as number) : affinityOf(window, model, c, parent);
  }
  return sum;
}

/** From what ended in (after, until], and from calls that waited until now. */
export function learn(
  window: Window,
  model: Model,
  after: number,
  until: number,
  waits: (call: number) => boolean = () => false,
): void {
  const { request, call } = window;
  const isDue = (end: number) => end > after && end <= until;
  for (let r = 0; r < window.requests; r++) if (isDue(request.end[r] as number)) learnRun(window, model, r);
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < window.calls; c++) {
    const end = call.end[c] as number;
    if (!isDue(end) && (end > until || call.told[c] === 1)) continue;
    if (waits(c)) continue;
    // what waited does not make the time longer in which it was counted
    if (isDue(end)) {
      first = Math.min(first, end);
      last = Math.max(last, end);
    }
    const kind = call.kind[c] as number;
    const isNobodys = call.parent[c] === NONE;
    model.strays[kind] = (model.strays[kind] as number) + (isNobodys ? 1 : MAYBE_NOBODYS);
    learnContent(window, model, c);
  }
  if (last > first) model.strayUs += last - first;
}
