// The ids of an exchange: the caller's trace is continued, or one begins here (W3C Trace Context §4).
import type { Random } from "../../../base/random.ts";
import type { RequestHead } from "../../../protocol/http1/types.ts";
import { emptyTraceContext, parseTraceparent, type TraceContext } from "../../../protocol/trace-context/traceparent.ts";

export type Trace = {
  /** as the caller sent it; parent 0 when the trace begins here */
  readonly received: TraceContext;
  /** as it goes on to the service: the same trace, the parent is our client span */
  readonly sent: TraceContext;
  server0: number;
  server1: number;
  isContinued: boolean;
};

const SAMPLED = 1;

export function trace(): Trace {
  return { received: emptyTraceContext(), sent: emptyTraceContext(), server0: 0, server1: 0, isContinued: false };
}

/** The copy of a request belongs to the same trace, as another call of the same caller. */
export function copyTrace(from: Trace, to: Trace, random: Random): void {
  Object.assign(to.received, from.received);
  to.isContinued = from.isContinued;
  newIds(to, random);
  sendOn(to);
}

/** New ids for the two spans, and for the trace when the caller sent none that is valid. */
export function beginTrace(trace: Trace, head: RequestHead | undefined, random: Random): void {
  const { received, sent } = trace;
  const text = head?.traceparent;
  trace.isContinued = text !== undefined && parseTraceparent(text, received);
  newIds(trace, random);
  if (!trace.isContinued) {
    received.trace0 = random.u32();
    received.trace1 = random.u32();
    // The observatory gives it the id of the whole trace when it knows that; by this one the span is still found.
    received.trace2 = sent.parent0;
    received.trace3 = sent.parent1;
    received.parent0 = 0;
    received.parent1 = 0;
    // every request is recorded, so it is sampled as far as we are concerned
    received.flags = SAMPLED;
  }
  sendOn(trace);
}

function sendOn({ received, sent }: Trace): void {
  sent.trace0 = received.trace0;
  sent.trace1 = received.trace1;
  sent.trace2 = received.trace2;
  sent.trace3 = received.trace3;
  sent.flags = received.flags;
}

/** Of the two spans of one call. */
export function newIds(trace: Trace, random: Random): void {
  const { sent } = trace;
  sent.parent0 = random.u32();
  // an id of zeros is invalid
  sent.parent1 = random.u32() || 1;
  trace.server0 = random.u32();
  trace.server1 = random.u32() || 1;
}
