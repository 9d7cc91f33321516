// What one workload received and called in a stretch of time, as columns: nothing is allocated for a span, let alone for a
// pair of them. Times are µs since the window's base.

/** keyed hashes of content per span; the first place is for what is exact, such as a trace id */
export const TOKENS = 4;
/** requests that are weighed against each other for one call */
export const CANDIDATES = 32;
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
    /** its calls, by start: the first, then `call.next` */
    readonly first: Int32Array;
    /** log likelihood with the calls it has now */
    readonly score: Float64Array;
    /** the sweep that last changed its calls */
    readonly changed: Int32Array;
  };
  readonly call: {
    readonly id: Float64Array;
    readonly start: Float64Array;
    readonly end: Float64Array;
    readonly kind: Int32Array;
    readonly tokens: Float64Array;
    readonly parent: Int32Array;
    readonly next: Int32Array;
    /** of its link, or of it having none */
    readonly confidence: Float64Array;
    /** of all that it could be instead, against what it is */
    readonly odds: Float64Array;
    /** 1: told, and not to be changed */
    readonly told: Uint8Array;
    readonly candidates: Int32Array;
    readonly candidateCount: Int32Array;
  };
};

/** @param capacity of requests, and of calls */
export function newWindow(capacity: number): Window {
  const numbers = () => new Float64Array(capacity);
  const integers = () => new Int32Array(capacity);
  return {
    capacity,
    requests: 0,
    calls: 0,
    hasContent: false,
    request: {
      ...{ id: numbers(), start: numbers(), end: numbers(), route: integers() },
      ...{ tokens: new Float64Array(capacity * TOKENS), first: integers(), score: numbers(), changed: integers() },
    },
    call: {
      ...{ id: numbers(), start: numbers(), end: numbers(), kind: integers() },
      ...{ tokens: new Float64Array(capacity * TOKENS), parent: integers(), next: integers(), confidence: numbers() },
      odds: numbers(),
      told: new Uint8Array(capacity),
      candidates: new Int32Array(capacity * CANDIDATES),
      candidateCount: integers(),
    },
  };
}

/** Puts the call among those of the request, in order of their start. */
export function attach({ request, call }: Window, c: number, r: number): void {
  call.parent[c] = r;
  if (r === NONE) return;
  const start = call.start[c] as number;
  let before = NONE;
  let at = request.first[r] as number;
  while (at !== NONE && (call.start[at] as number) <= start) {
    before = at;
    at = call.next[at] as number;
  }
  call.next[c] = at;
  if (before === NONE) request.first[r] = c;
  else call.next[before] = c;
}

export function detach({ request, call }: Window, c: number): void {
  const r = call.parent[c] as number;
  call.parent[c] = NONE;
  if (r === NONE) return;
  if (request.first[r] === c) {
    request.first[r] = call.next[c] as number;
    return;
  }
  let at = request.first[r] as number;
  while (call.next[at] !== c) at = call.next[at] as number;
  call.next[at] = call.next[c] as number;
}
