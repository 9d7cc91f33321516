// What one workload received and called in a stretch of time, as columns: nothing is allocated for a span, let alone for a
// pair of them. Times are µs since the window's base.
import { TOKENS } from "./exchange.ts";
import { ANSWERED, began, CAME, ended } from "./model.ts";

/** requests that are weighed against each other for one call */
export const CANDIDATES = 31;
export const NONE = -1;

export type Window = {
  readonly capacity: number;
  requests: number;
  calls: number;
  hasContent: boolean;
  readonly request: {
    readonly id: Float64Array;
    readonly start: Float64Array;
    readonly end: Float64Array;
    readonly route: Int32Array;
    readonly tokens: Float64Array;
    /** log likelihood with the calls it has now */
    readonly score: Float64Array;
    /** when its calls changed last, as sweeps count */
    readonly changed: Int32Array;
  };
  readonly call: {
    readonly id: Float64Array;
    readonly start: Float64Array;
    readonly end: Float64Array;
    readonly kind: Int32Array;
    /** a kind, too: what it ended as */
    readonly outcome: Int32Array;
    readonly tokens: Float64Array;
    readonly parent: Int32Array;
    /** of its link, or of it having none */
    readonly confidence: Float64Array;
    /** 1: told, and not to be changed */
    readonly told: Uint8Array;
    readonly candidates: Int32Array;
    readonly candidateCount: Int32Array;
    /** by candidate: how likely it was the parent, on the average of what was drawn */
    readonly shares: Float32Array;
    readonly noneShare: Float32Array;
    /** when it was weighed last; -1: not by what is known now */
    readonly weighed: Int32Array;
    /** a bit for each candidate: it was worth a thought */
    readonly near: Int32Array;
  };
  readonly event: Events;
};

/** Starts and ends of calls and of requests, as numbers: see `startOf` and its like. Those of a request and its calls are
 *  chained in the order of time. */
export type Events = {
  readonly time: Float64Array;
  /** what happened, as the model has it */
  readonly type: Int32Array;
  /** place in the order of time */
  readonly rank: Int32Array;
  readonly next: Int32Array;
  readonly before: Int32Array;
  /** by rank */
  order: Int32Array;
};

export const startOf = (call: number): number => 2 * call;
export const endOf = (call: number): number => 2 * call + 1;
export const cameOf = (window: Window, request: number): number => 2 * (window.capacity + request);
export const answeredOf = (window: Window, request: number): number => 2 * (window.capacity + request) + 1;

/** @param capacity of requests, and of calls */
export function newWindow(capacity: number): Window {
  const numbers = () => new Float64Array(capacity);
  const integers = () => new Int32Array(capacity);
  const events = () => new Int32Array(capacity * 4);
  return {
    capacity,
    requests: 0,
    calls: 0,
    hasContent: false,
    request: {
      ...{ id: numbers(), start: numbers(), end: numbers(), route: integers() },
      ...{ tokens: new Float64Array(capacity * TOKENS), score: numbers(), changed: integers() },
    },
    call: {
      ...{ id: numbers(), start: numbers(), end: numbers(), kind: integers(), outcome: integers() },
      ...{ tokens: new Float64Array(capacity * TOKENS), parent: integers(), confidence: numbers() },
      told: new Uint8Array(capacity),
      candidates: new Int32Array(capacity * CANDIDATES),
      candidateCount: integers(),
      shares: new Float32Array(capacity * CANDIDATES),
      noneShare: new Float32Array(capacity),
      weighed: integers(),
      near: integers(),
    },
    event: {
      time: new Float64Array(capacity * 4),
      ...{ type: events(), rank: events(), next: events(), before: events(), order: new Int32Array(0) },
    },
  };
}

/** Fills `event`: rows are in the order of their start. At the same moment ends come first, then arrivals, then starts, in the
 *  order of rows, each with its end if it took no time, then answers. */
export function orderEvents(window: Window): void {
  const { request, call, requests, calls, event, capacity } = window;
  const order = new Int32Array(2 * (requests + calls));
  let count = 0;
  for (let c = 0; c < calls; c++) {
    const s = startOf(c);
    event.time[s] = call.start[c] as number;
    event.time[s + 1] = Math.max(call.start[c] as number, call.end[c] as number);
    event.type[s] = began(call.kind[c] as number);
    event.type[s + 1] = ended(call.outcome[c] as number);
    order[count++] = s;
    order[count++] = s + 1;
  }
  for (let r = 0; r < requests; r++) {
    const s = 2 * (capacity + r);
    event.time[s] = request.start[r] as number;
    event.time[s + 1] = Math.max(request.start[r] as number, request.end[r] as number);
    event.type[s] = CAME;
    event.type[s + 1] = ANSWERED;
    order[count++] = s;
    order[count++] = s + 1;
  }
  const { time } = event;
  const atOnce = (e: number) => {
    if (e >= 2 * capacity) return (e & 1) === 0 ? 1 : 3;
    return (e & 1) === 0 || time[e - 1] === time[e] ? 2 : 0;
  };
  order.sort((a, b) => (time[a] as number) - (time[b] as number) || atOnce(a) - atOnce(b) || a - b);
  for (let i = 0; i < count; i++) event.rank[order[i] as number] = i;
  event.order = order;
}

/** A request without calls. */
export function bare(window: Window, r: number): void {
  const { next, before } = window.event;
  const came = cameOf(window, r);
  next[came] = came + 1;
  before[came + 1] = came;
  before[came] = NONE;
  next[came + 1] = NONE;
}

/** Puts the call among those of the request. */
export function attach(window: Window, c: number, r: number): void {
  window.call.parent[c] = r;
  if (r === NONE) return;
  const { next, before, rank } = window.event;
  let after = cameOf(window, r);
  for (const e of [startOf(c), endOf(c)]) {
    const place = rank[e] as number;
    for (let x = next[after] as number; x !== NONE && (rank[x] as number) < place; x = next[x] as number) after = x;
    const then = next[after] as number;
    next[after] = e;
    before[e] = after;
    next[e] = then;
    if (then !== NONE) before[then] = e;
    after = e;
  }
}

export function detach(window: Window, c: number): void {
  const r = window.call.parent[c] as number;
  window.call.parent[c] = NONE;
  if (r === NONE) return;
  const { next, before } = window.event;
  for (const e of [startOf(c), endOf(c)]) {
    const then = next[e] as number;
    next[before[e] as number] = then;
    if (then !== NONE) before[then] = before[e] as number;
  }
}
