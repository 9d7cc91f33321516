// What is known of how a service's requests run: which event follows which, after what gap, how often each kind of call is
// made, and which calls come from nowhere. Learned from what was stitched, and what the next stitching is judged by.
import { SHARED } from "./exchange.ts";
import { BINS, binOf, logWidths } from "./gap.ts";

/** ids from 0; a service's further routes and kinds of call share the last one */
export const MOST_ROUTES = 512;
export const MOST_KINDS = 500;
const MOST_STEPS = 4096;
export const MOST_CALLS = 32; // of one kind in one request that are told apart
/** what was learned is worth at most so many requests, so that a service may change */
const MEMORY = 4000;

// An event of a request: it came, it was answered, a call of a kind began or ended. Even ones are what a request does next;
// half of their number is the column of it.
export const ANSWERED = 0;
export const CAME = 1;
export const began = (kind: number): number => 2 + 2 * kind;
export const ended = (kind: number): number => 3 + 2 * kind;

export type Model = {
  /** logs, of the bins of gaps */
  readonly widths: Float64Array;
  /** how many of each are told apart by now: see `widen` */
  routes: number;
  kinds: number;
  /** by route and event: the row of `steps`, from 1; 0: never seen */
  contexts: Int32Array;
  contextCount: number;
  /** by context and column: a step's number, from 1; 0: never seen */
  steps: Int32Array;
  stepCount: number;
  /** of each step: its route, event and column */
  places: Int32Array;
  gaps: Float32Array;
  weights: Float64Array;
  /** of each step */
  logs: Float32Array;
  /** of a step that was never seen, by its column, and by route and column */
  logsOfNew: Float32Array;
  /** by column, 1: no request is known to have done it, of whatever route */
  isUnheard: Uint8Array;
  logShares: Float64Array;
  /** by context: how often it was there, what it never led to before, and its leading to nothing before a call ends */
  visits: Float64Array;
  logNew: Float64Array;
  logPass: Float64Array;
  readonly routeWeight: Float64Array;
  /** by `route * kinds + kind`: the row of `counts`, from 1; 0: never seen */
  countRows: Int32Array;
  countPlaces: Int32Array;
  countCount: number;
  /** weight of requests with 0, 1, … such calls */
  counts: Float64Array;
  countLogs: Float64Array;
  /** calls of a kind from nowhere, and the time they were counted in */
  readonly strays: Float64Array;
  readonly logStray: Float64Array;
  /** by kind: calls that were taken for late ones, as far as chance explains them */
  readonly chance: Float64Array;
  strayUs: number;
  /** requests are served in the order of arrival, more or less: an assignment begins so */
  isInOrder: boolean;
  /** by kind, 1: some are made after the answer */
  readonly isLate: Uint8Array;
  /** by kind and place of content: pairs of a call and a stranger, those that share it; links, those that share it */
  readonly content: Float32Array;
  /** by kind and place: log odds of a candidate that does not share it, and of one that does */
  readonly contentLogs: Float32Array;
};

/** @param resolutionUs of the times; 0: as exact as they are written */
export function newModel(resolutionUs: number): Model {
  const [routes, kinds, rows] = [4, 8, 64];
  return {
    widths: logWidths(resolutionUs),
    ...{ routes, kinds },
    contexts: new Int32Array(routes * (2 + 2 * kinds)),
    contextCount: 0,
    steps: new Int32Array(rows * (1 + kinds)),
    stepCount: 0,
    places: new Int32Array(rows * 3),
    gaps: new Float32Array(rows * BINS),
    weights: new Float64Array(rows),
    logs: new Float32Array(rows * BINS),
    logsOfNew: new Float32Array((1 + kinds) * BINS),
    isUnheard: new Uint8Array(1 + kinds),
    logShares: new Float64Array(routes * (2 + kinds)),
    visits: new Float64Array(rows),
    logNew: new Float64Array(rows),
    logPass: new Float64Array(rows),
    routeWeight: new Float64Array(MOST_ROUTES),
    countRows: new Int32Array(routes * kinds),
    countPlaces: new Int32Array(rows),
    countCount: 0,
    counts: new Float64Array(rows * MOST_CALLS),
    countLogs: new Float64Array(rows * MOST_CALLS),
    strays: new Float64Array(MOST_KINDS),
    logStray: new Float64Array(MOST_KINDS).fill(Math.log(1e-7)),
    chance: new Float64Array(MOST_KINDS),
    strayUs: 0,
    isInOrder: false,
    isLate: new Uint8Array(MOST_KINDS),
    content: new Float32Array(MOST_KINDS * SHARED * 4),
    contentLogs: new Float32Array(MOST_KINDS * SHARED * 2),
  };
}

export function copyOf(model: Model): Model {
  return structuredClone(model);
}

/** Makes room for so many routes and kinds, so that whoever reads need not ask. */
export function widen(model: Model, routes: number, kinds: number): void {
  if (routes <= model.routes && kinds <= model.kinds) return;
  const old = { ...model };
  model.routes = Math.max(model.routes, Math.min(MOST_ROUTES, routes * 2));
  model.kinds = Math.max(model.kinds, Math.min(MOST_KINDS, kinds * 2));
  model.contexts = new Int32Array(model.routes * (2 + 2 * model.kinds));
  model.countRows = new Int32Array(model.routes * model.kinds);
  model.logsOfNew = new Float32Array((1 + model.kinds) * BINS);
  model.isUnheard = new Uint8Array(1 + model.kinds);
  model.logShares = new Float64Array(model.routes * (2 + model.kinds));
  model.steps = new Int32Array((old.steps.length / (1 + old.kinds)) * (1 + model.kinds));
  model.contextCount = 0;
  for (let id = 1; id <= model.stepCount; id++) {
    const [route, event, column] = placeOf(model, id);
    const row = contextRow(model, route, event);
    model.steps[row * (1 + model.kinds) + column] = id;
  }
  for (let row = 1; row <= model.countCount; row++) {
    const place = model.countPlaces[row - 1] as number;
    const [route, kind] = [Math.floor(place / MOST_KINDS), place % MOST_KINDS];
    model.countRows[route * model.kinds + kind] = row;
  }
}

export function placeOf({ places }: Model, id: number): [route: number, event: number, column: number] {
  const at = (id - 1) * 3;
  return [places[at] as number, places[at + 1] as number, places[at + 2] as number];
}

/** log of the probability that `next` follows `event`, times the density of the gap, per µs */
export function logStep(model: Model, route: number, event: number, next: number, gapUs: number): number {
  const row = model.contexts[route * (2 + 2 * model.kinds) + event] as number;
  if ((next & 1) === 1) return model.logPass[row] as number;
  const id = model.steps[row * (1 + model.kinds) + (next >> 1)] as number;
  if (id > 0) return model.logs[id * BINS + binOf(gapUs)] as number;
  const column = next >> 1;
  const logGap = model.logsOfNew[column * BINS + binOf(gapUs)] as number;
  // that there is such a call at all is new, and is charged once, where calls are counted
  if (model.isUnheard[column] === 1) return logGap;
  return logGap + (model.logNew[row] as number) + (model.logShares[route * (2 + model.kinds) + column] as number);
}

/** log of how likely so many calls of a kind are, against none */
export function logCount(model: Model, route: number, kind: number, count: number): number {
  const row = model.countRows[route * model.kinds + kind] as number;
  if (row > 0) return model.countLogs[(row - 1) * MOST_CALLS + Math.min(count, MOST_CALLS - 1)] as number;
  return count === 0 ? 0 : -Math.log(2 + (model.routeWeight[route] as number));
}

export function learnStep(model: Model, route: number, event: number, next: number, bin: number, weight: number): void {
  const row = contextRow(model, route, event);
  const at = row * (1 + model.kinds) + (next >> 1);
  let id = model.steps[at] as number;
  if (id === 0) {
    if (model.stepCount === MOST_STEPS) return;
    id = addStep(model, route, event, next >> 1);
    model.steps[at] = id;
  }
  model.gaps[id * BINS + bin] = (model.gaps[id * BINS + bin] as number) + weight;
  model.weights[id] = (model.weights[id] as number) + weight;
}

export function learnVisit(model: Model, route: number, event: number, weight: number): void {
  const row = contextRow(model, route, event);
  model.visits[row] = (model.visits[row] as number) + weight;
}

/** Row 0 is that of all contexts that were never seen. */
function contextRow(model: Model, route: number, event: number): number {
  const at = route * (2 + 2 * model.kinds) + event;
  let row = model.contexts[at] as number;
  if (row > 0) return row;
  row = ++model.contextCount;
  model.contexts[at] = row;
  if ((row + 1) * (1 + model.kinds) > model.steps.length) model.steps = grown(model.steps, Int32Array);
  if (row === model.visits.length) {
    model.visits = grown(model.visits, Float64Array);
    model.logNew = grown(model.logNew, Float64Array);
    model.logPass = grown(model.logPass, Float64Array);
  }
  return row;
}

function addStep(model: Model, route: number, event: number, column: number): number {
  const id = ++model.stepCount;
  if (id === model.weights.length) {
    model.places = grown(model.places, Int32Array);
    model.weights = grown(model.weights, Float64Array);
    model.gaps = grown(model.gaps, Float32Array);
    model.logs = grown(model.logs, Float32Array);
  }
  model.places.set([route, event, column], (id - 1) * 3);
  return id;
}

function grown<Column extends Int32Array | Float32Array | Float64Array>(
  from: Column,
  make: new (length: number) => Column,
): Column {
  const into = new make(from.length * 2);
  into.set(from);
  return into;
}

export function learnCount(model: Model, route: number, kind: number, count: number, weight: number): void {
  const at = route * model.kinds + kind;
  let row = model.countRows[at] as number;
  if (row === 0) {
    if (model.countCount === MOST_STEPS) return;
    row = ++model.countCount;
    if (row > model.countPlaces.length) {
      model.countPlaces = grown(model.countPlaces, Int32Array);
      model.counts = grown(model.counts, Float64Array);
      model.countLogs = grown(model.countLogs, Float64Array);
    }
    model.countRows[at] = row;
    model.countPlaces[row - 1] = route * MOST_KINDS + kind;
  }
  const place = (row - 1) * MOST_CALLS + Math.min(count, MOST_CALLS - 1);
  model.counts[place] = (model.counts[place] as number) + weight;
}

/** Forgets a share of all, so that what is new counts. */
export function fade(model: Model): void {
  const heaviest = model.routeWeight.reduce((most, weight) => Math.max(most, weight), 0);
  if (heaviest > MEMORY) scale(model, MEMORY / heaviest);
}

export function scale(model: Model, by: number): void {
  const { gaps, weights, visits, routeWeight, counts, strays, content } = model;
  for (const column of [gaps, weights, visits, routeWeight, counts, strays, content]) {
    for (let i = 0; i < column.length; i++) column[i] = (column[i] as number) * by;
  }
  model.strayUs *= by;
}
