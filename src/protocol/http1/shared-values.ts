// Where in a request's head stands what a service may pass on with the calls that it makes for it: ids of the request, and
// who asks. Places in the head's text only: most heads are never asked for these values.

/** Each as a place in `text`, see `placeOf`; 0: it was not there. Of fields that say the same, the last. */
export type SharedValues = {
  /** a head that has these fields: of one that repeats them, the one before */
  readonly text: string;
  /** what a reader made of them, once for all heads that repeat them */
  made: unknown;
  /** X-Request-Id, X-Correlation-Id, Request-Id, X-Trace-Id */
  requestId: number;
  /** B3, X-B3-TraceId, Uber-Trace-Id, X-Amzn-Trace-Id, X-Datadog-Trace-Id, X-Cloud-Trace-Context: with what stands around the
   *  trace's id */
  tracer: number;
  /** Authorization */
  credential: number;
  /** Cookie */
  cookies: number;
  /** X-Session-Id, X-User-Id */
  session: number;
};

export function noSharedValues(text: string): SharedValues {
  return { text, made: undefined, requestId: 0, tracer: 0, credential: 0, cookies: 0, session: 0 };
}

/** Both ends in one number; 0 where a head is longer than 64 KiB. */
export function placeOf(from: number, to: number): number {
  return to > 0xffff ? 0 : (from << 16) | to;
}

export function startOf(place: number): number {
  return place >>> 16;
}

export function endOf(place: number): number {
  return place & 0xffff;
}
