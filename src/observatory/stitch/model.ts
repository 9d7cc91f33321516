// What is known of how a service's requests run: which event follows which, after what gap, how often each kind of call is
// made, and which calls come from nowhere. Learned from what was stitched, and what the next stitching is judged by.
import { BINS, binOf, logDensities, logUnknown, logWidths } from "./gap.ts";

/** ids from 0; a service's further routes and kinds of call share the last one */
export const MOST_ROUTES = 512;
export const MOST_KINDS = 500;
const MOST_TRANSITIONS = 4096;
const MOST_CALLS = 32; // of one kind in one request that are told apart
/** times what chance brings on average, so that its noise does not count */
const MOST_CHANCE = 1.5;
/** what was learned is worth at most so many requests, so that a service may change */
const MEMORY = 4000;

// An event of a request: it came, it was answered, a call of a kind began or ended.
export const CAME = 0;
export const ANSWERED = 1;
export const began = (kind: number): number => 2 + 2 * kind;
export const ended = (kind: number): number => 3 + 2 * kind;

/** `event` is followed by the start of a call of `kind`; -1: by the answer */
export function transition(route: number, event: number, kind: number): number {
  return (route * 1024 + event) * 512 + kind + 1;
}

export type Model = {
  /** logs, of the bins of gaps */
  readonly widths: Float64Array;
  readonly ids: Map<number, number>;
  /** open addressing over `ids`, for the hot path */
  readonly slots: Float64Array;
  readonly slotIds: Int32Array;
  keys: Float64Array;
  gaps: Float32Array;
  weights: Float64Array;
  gapWeights: Float64Array;
  logs: Float32Array;
  count: number;
  readonly routeWeight: Float64Array;
  /** by `route * MOST_KINDS + kind`: weight of requests with 0, 1, … such calls */
  readonly calls: Map<number, Float64Array>;
  /** where its logs stand, from 1; 0: never seen */
  readonly callSlots: Int16Array;
  callLogs: Float64Array;
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
  /** by kind: pairs of a call and a candidate, those that share content; links, those that share content */
  readonly content: Float64Array;
};

/** @param resolutionUs of the times; 0: as exact as they are written */
export function newModel(resolutionUs: number): Model {
  return {
    widths: logWidths(resolutionUs),
    ids: new Map(),
    slots: new Float64Array(MOST_TRANSITIONS * 4).fill(-1),
    slotIds: new Int32Array(MOST_TRANSITIONS * 4),
    ...{
      keys: new Float64Array(64),
      gaps: new Float32Array(64 * BINS),
      weights: new Float64Array(64),
      gapWeights: new Float64Array(64),
    },
    logs: new Float32Array(64 * BINS),
    count: 0,
    routeWeight: new Float64Array(MOST_ROUTES),
    calls: new Map(),
    callSlots: new Int16Array(MOST_ROUTES * MOST_KINDS),
    callLogs: new Float64Array(0),
    strays: new Float64Array(MOST_KINDS),
    logStray: new Float64Array(MOST_KINDS).fill(Math.log(1e-7)),
    chance: new Float64Array(MOST_KINDS),
    strayUs: 0,
    isInOrder: false,
    isLate: new Uint8Array(MOST_KINDS),
    content: new Float64Array(MOST_KINDS * 4),
  };
}

export function copyOf(model: Model): Model {
  return structuredClone(model);
}

/** log of the probability of the transition times the density of its gap, per µs */
export function logStep(model: Model, key: number, gapUs: number): number {
  const bin = binOf(gapUs);
  const id = find(model, key);
  if (id >= 0) return model.logs[id * BINS + bin] as number;
  const seen = model.routeWeight[Math.floor(key / 524_288)] as number;
  return logUnknown(model.widths, bin) - Math.log(4 + seen);
}

/** log of how likely so many calls of a kind are, against none */
export function logCount(model: Model, route: number, kind: number, count: number): number {
  const slot = model.callSlots[route * MOST_KINDS + kind] as number;
  if (slot > 0) return model.callLogs[(slot - 1) * MOST_CALLS + Math.min(count, MOST_CALLS - 1)] as number;
  return -Math.log(2 + (model.routeWeight[route] as number));
}

/** log odds that a candidate which shares content with the call, or does not, is its parent */
export function logContent(model: Model, kind: number, isShared: boolean): number {
  const at = kind * 4;
  const [pairs, sharing, links, sharingLinks] = [0, 1, 2, 3].map((i) => model.content[at + i] as number) as [
    number,
    number,
    number,
    number,
  ];
  // before anything was seen: nine of ten calls share what can be shared, one of fifty strangers does
  const own = (sharingLinks + 18) / (links + 20);
  const any = (sharing + 1) / (pairs + 50);
  return isShared ? Math.max(0, Math.log(own / any)) : Math.min(0, Math.log((1 - own) / Math.max(1e-3, 1 - any)));
}

function hash(key: number): number {
  const mixed = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul((key / 4_294_967_296) | 0, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & (MOST_TRANSITIONS * 4 - 1);
}

function find({ slots, slotIds }: Model, key: number): number {
  for (let at = hash(key); ; at = (at + 1) & (MOST_TRANSITIONS * 4 - 1)) {
    const there = slots[at] as number;
    if (there === key) return slotIds[at] as number;
    if (there < 0) return -1;
  }
}

export function learnStep(model: Model, key: number, gapUs: number, weight: number, sure: number): void {
  learnGap(model, key, binOf(gapUs), weight, sure);
}

export function learnGap(model: Model, key: number, bin: number, weight: number, sure = weight): void {
  let id = find(model, key);
  if (id < 0) {
    if (model.count === MOST_TRANSITIONS) return;
    id = addTransition(model, key);
  }
  const at = id * BINS + bin;
  model.gaps[at] = (model.gaps[at] as number) + sure;
  model.gapWeights[id] = (model.gapWeights[id] as number) + sure;
  model.weights[id] = (model.weights[id] as number) + weight;
}

function addTransition(model: Model, key: number): number {
  const id = model.count++;
  if (id === model.keys.length) {
    model.keys = grown(model.keys, new Float64Array(id * 2));
    model.weights = grown(model.weights, new Float64Array(id * 2));
    model.gapWeights = grown(model.gapWeights, new Float64Array(id * 2));
    model.gaps = grown(model.gaps, new Float32Array(id * 2 * BINS));
    model.logs = grown(model.logs, new Float32Array(id * 2 * BINS));
  }
  model.keys[id] = key;
  let at = hash(key);
  while ((model.slots[at] as number) >= 0) at = (at + 1) & (MOST_TRANSITIONS * 4 - 1);
  model.slots[at] = key;
  model.slotIds[at] = id;
  return id;
}

function grown<Column extends Float32Array | Float64Array>(from: Column, into: Column): Column {
  into.set(from);
  return into;
}

export function learnCount(model: Model, route: number, kind: number, count: number, weight: number): void {
  const key = route * MOST_KINDS + kind;
  let counts = model.calls.get(key);
  if (!counts) {
    if (model.calls.size === MOST_TRANSITIONS) return;
    counts = new Float64Array(MOST_CALLS);
    model.calls.set(key, counts);
    model.callSlots[key] = model.calls.size;
  }
  const at = Math.min(count, MOST_CALLS - 1);
  counts[at] = (counts[at] as number) + weight;
}

/** Makes what the hot path reads of what was counted.
 *  @param doubt share that a thing must have to be believed: what little was seen may be mistakes that feed on themselves */
export function compile(model: Model, doubt = 0): void {
  model.isLate.fill(0);
  model.chance.fill(0);
  const byContext = new Map<number, number>();
  for (let id = 0; id < model.count; id++) {
    const context = Math.floor((model.keys[id] as number) / 512);
    byContext.set(context, (byContext.get(context) ?? 0) + (model.weights[id] as number));
  }
  for (let id = 0; id < model.count; id++) {
    const weight = model.weights[id] as number;
    const all = byContext.get(Math.floor((model.keys[id] as number) / 512)) as number;
    const key = model.keys[id] as number;
    if (
      Math.floor(key / 512) % 1024 === ANSWERED &&
      weight > 0.05 * (model.routeWeight[Math.floor(key / 524_288)] as number)
    ) {
      model.isLate[(key % 512) - 1] = 1;
    }
    const at = id * BINS;
    const gaps = model.gaps.subarray(at, at + BINS);
    const logs = model.logs.subarray(at, at + BINS);
    const isLate = Math.floor(key / 512) % 1024 === ANSWERED;
    const left = isLate ? withoutChance(model, id, gaps) : 1;
    const believed = Math.max(0, weight * left - doubt * all);
    const counts = isLate ? beyondChance : gaps;
    logDensities(
      model.widths,
      counts,
      logs,
      (model.gapWeights[id] as number) * left,
      Math.log((believed + 0.1) / (all + 1)),
    );
  }
  if (model.callLogs.length < model.calls.size * MOST_CALLS)
    model.callLogs = new Float64Array(model.calls.size * MOST_CALLS * 2);
  for (const [key, counts] of model.calls) {
    const all = model.routeWeight[Math.floor(key / MOST_KINDS)] as number;
    const some = counts.reduce((sum, count) => sum + count, 0);
    const none = Math.max(0, all - some - doubt * all) + 0.5;
    const at = ((model.callSlots[key] as number) - 1) * MOST_CALLS;
    for (let n = 1; n < MOST_CALLS; n++) {
      model.callLogs[at + n] = Math.log((Math.max(0, (counts[n] as number) - doubt * all) + 0.5 / n) / none);
    }
  }
  for (let kind = 0; kind < MOST_KINDS; kind++) {
    model.logStray[kind] = Math.log(
      ((model.strays[kind] as number) + (model.chance[kind] as number) + 0.05) / (model.strayUs + 1e6),
    );
  }
}

const beyondChance = new Float32Array(BINS);

/** Whatever is nobody's comes after some answer too, so what is taken for late is believed only where it is more frequent
 *  than chance. The rate of chance is what remains unexplained; a few rounds are enough to tell the two apart.
 *  @returns share that is left, of gaps that are put into `beyondChance` */
function withoutChance(model: Model, id: number, gaps: Float32Array): number {
  const key = model.keys[id] as number;
  const kind = (key % 512) - 1;
  const answers = model.routeWeight[Math.floor(key / 524_288)] as number;
  const weight = model.weights[id] as number;
  const gapWeight = model.gapWeights[id] as number;
  if (kind < 0 || gapWeight < 1e-3 || weight < 1e-3) {
    beyondChance.set(gaps);
    return 1;
  }
  let share = 0;
  for (let round = 0; round < 3; round++) {
    const rate = ((model.strays[kind] as number) + weight * (1 - share)) / (model.strayUs + 1e6);
    let left = 0;
    for (let bin = 0; bin < BINS; bin++) {
      const byChance = ((answers * gapWeight) / weight) * rate * Math.exp(model.widths[bin] as number);
      beyondChance[bin] = Math.max(0, (gaps[bin] as number) - MOST_CHANCE * byChance);
      left += beyondChance[bin] as number;
    }
    share = left / gapWeight;
  }
  model.chance[kind] = (model.chance[kind] as number) + weight * (1 - share);
  return share;
}

/** Forgets a share of all, so that what is new counts. */
export function fade(model: Model): void {
  const heaviest = model.routeWeight.reduce((most, weight) => Math.max(most, weight), 0);
  if (heaviest > MEMORY) scale(model, MEMORY / heaviest);
}

export function scale(model: Model, by: number): void {
  for (const column of [model.gaps, model.weights, model.gapWeights, model.routeWeight, model.strays, model.content]) {
    for (let i = 0; i < column.length; i++) column[i] = (column[i] as number) * by;
  }
  for (const counts of model.calls.values())
    for (let i = 0; i < MOST_CALLS; i++) counts[i] = (counts[i] as number) * by;
  model.strayUs *= by;
}
