// The rows of a workload between two tellings: they come by their end, are put in the order of their start, and leave when
// nothing that may still come can need them.

import { type Exchange, TOKENS } from "./exchange.ts";
import { MOST_KINDS, MOST_ROUTES } from "./model.ts";
import { NONE, newWindow, orderEvents, type Window } from "./window.ts";

export type Held = {
  window: Window;
  /** of the same size, to sort into */
  spare: Window;
  /** µs that the window's times count from */
  readonly baseUs: number;
  /** when links are told next */
  dueUs: number;
  /** calls that ended before, µs since the base, were told */
  toldUs: number;
};

export function hold(capacity: number, baseUs: number, dueUs: number): Held {
  return { window: newWindow(capacity), spare: newWindow(capacity), baseUs, dueUs, toldUs: Number.NEGATIVE_INFINITY };
}

export function addRequest({ window, baseUs }: Held, exchange: Exchange): void {
  window.request.route[window.requests] = Math.min(exchange.what, MOST_ROUTES - 1);
  window.hasContent ||= exchange.tokens?.some((token) => token !== 0) === true;
  write(window.request, window.requests++, exchange, baseUs);
}

export function addCall({ window, baseUs }: Held, exchange: Exchange): void {
  window.call.kind[window.calls] = Math.min(exchange.what, MOST_KINDS - 1);
  window.call.outcome[window.calls] = Math.min(exchange.outcome ?? exchange.what, MOST_KINDS - 1);
  window.call.told[window.calls] = 0;
  window.call.parent[window.calls] = NONE;
  write(window.call, window.calls++, exchange, baseUs);
}

function write(side: Window["request"] | Window["call"], row: number, exchange: Exchange, baseUs: number): void {
  side.id[row] = exchange.id;
  side.start[row] = exchange.startUs - baseUs;
  side.end[row] = exchange.endUs - baseUs;
  for (let i = 0; i < TOKENS; i++) side.tokens[row * TOKENS + i] = exchange.tokens?.[i] ?? 0;
}

export function widen(held: Held, most: number): void {
  const capacity = Math.min(held.window.capacity * 2, most);
  held.spare = newWindow(capacity);
  rearrange(held, indexes(held.window.requests), indexes(held.window.calls));
  held.spare = newWindow(capacity);
}

/** In the order of their start. */
export function sort(held: Held): void {
  const { request, call, requests, calls } = held.window;
  rearrange(held, byTime(request.start, requests), byTime(call.start, calls));
  orderEvents(held.window);
}

/** Lets go of what ended before and is told. A call stays as long as its request, which it explains. */
export function retire(held: Held, beforeUs: number): void {
  const { request, call, requests, calls } = held.window;
  const before = beforeUs - held.baseUs;
  const isKept = (r: number) => (request.end[r] as number) > before;
  const isCallKept = (c: number) => {
    if (call.told[c] === 0) return true;
    const parent = call.parent[c] as number;
    return parent !== NONE && isKept(parent) && (call.end[c] as number) > before - LONG_US;
  };
  rearrange(held, indexes(requests).filter(isKept), indexes(calls).filter(isCallKept));
}

/** calls of a request that goes on for longer than this are forgotten, so that memory stays bounded */
const LONG_US = 10_000_000;

/** µs; half of what is held ended before */
export function middle({ window: { request, call, requests, calls }, baseUs }: Held): number {
  const median = (ends: Float64Array) => ends.slice().sort()[ends.length >> 1] ?? Number.NEGATIVE_INFINITY;
  return baseUs + Math.max(median(request.end.subarray(0, requests)), median(call.end.subarray(0, calls)));
}

function indexes(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

function byTime(times: Float64Array, count: number): Int32Array {
  return indexes(count).sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
}

function rearrange(held: Held, requestOrder: Int32Array, callOrder: Int32Array): void {
  const { window: from, spare: into } = held;
  const places = new Int32Array(from.requests).fill(NONE);
  copy(from.request, into.request, requestOrder);
  for (let to = 0; to < requestOrder.length; to++) {
    into.request.route[to] = from.request.route[requestOrder[to] as number] as number;
    places[requestOrder[to] as number] = to;
  }
  copy(from.call, into.call, callOrder);
  for (let to = 0; to < callOrder.length; to++) {
    const c = callOrder[to] as number;
    const parent = from.call.parent[c] as number;
    into.call.kind[to] = from.call.kind[c] as number;
    into.call.outcome[to] = from.call.outcome[c] as number;
    into.call.told[to] = from.call.told[c] as number;
    into.call.parent[to] = parent === NONE ? NONE : (places[parent] as number);
  }
  into.hasContent = from.hasContent;
  into.requests = requestOrder.length;
  into.calls = callOrder.length;
  held.window = into;
  held.spare = from;
}

function copy(from: Window["request"] | Window["call"], into: typeof from, order: Int32Array): void {
  for (let to = 0; to < order.length; to++) {
    const row = order[to] as number;
    into.id[to] = from.id[row] as number;
    into.start[to] = from.start[row] as number;
    into.end[to] = from.end[row] as number;
    for (let i = 0; i < TOKENS; i++) into.tokens[to * TOKENS + i] = from.tokens[row * TOKENS + i] as number;
  }
}
