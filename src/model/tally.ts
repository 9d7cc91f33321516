// What a set of exchanges adds up to. Tallies add up further, over pairs, services, time, in any order; golden signals are
// read from the sum, because quantiles of parts say nothing of the whole.
import { merge, quantile, type Sketch, sketch } from "../base/sketch.ts";
import type { Pair, Signals } from "./figures.ts";

export type Tally = {
  requests: number;
  failures: number;
  /** those of the failures that speak of the callee: not the caller's own, such as going away, nor those of the mesh */
  faults: number;
  /** those that the mesh itself is to blame for */
  ours: number;
  /** those that a rate limit turned away: nobody's fault, and yet their callers fail by them */
  refused: number;
  /** the requests, and the tries that were followed by another one */
  attempts: number;
  failedAttempts: number;
  requestBytes: number;
  responseBytes: number;
  /** µs, of requests only: how long a connection stayed open is no latency, a pool's would drown those of requests */
  readonly durations: Sketch;
};

/** What one pair exchanged. */
export type Flow = Pair & { readonly all: Tally };

/** What was asked of a service in a step. How durations are spread is not part of it: of all services at all times that would be
 *  nearly all there is to read. */
export type Counts = {
  requests: number;
  /** of the failures, as a tally has them */
  faults: number;
  ours: number;
  refused: number;
  /** requests that have a latency, and what they took together, µs */
  timed: number;
  durationUs: number;
};

/** How every service did over time, and who called whom. */
export type Course = {
  readonly stepSeconds: number;
  /** of each step's start, seconds since the epoch; all of them are over */
  readonly startsS: readonly number[];
  /** requests to it as its callers saw them, step by step; what was called outside has no namespace */
  readonly services: readonly {
    readonly name: string;
    readonly namespace: string;
    readonly steps: readonly Counts[];
  }[];
  /** names; who comes from outside calls as "outside" */
  readonly calls: readonly {
    readonly source: string;
    readonly destination: string;
    /** step by step */
    readonly requests: readonly number[];
  }[];
};

/** What requests to one callee took, µs. */
export type Callee = Pick<Flow, "destination" | "destinationNamespace"> & { readonly durations: Sketch };

/** What pairs exchanged lately, and what callees took in the periods of a longer time before that, oldest first. */
export type Pace = { readonly recent: readonly Flow[]; readonly earlier: readonly (readonly Callee[])[] };

export function tally(): Tally {
  return {
    requests: 0,
    failures: 0,
    faults: 0,
    ours: 0,
    refused: 0,
    attempts: 0,
    failedAttempts: 0,
    requestBytes: 0,
    responseBytes: 0,
    durations: sketch(),
  };
}

export function counts(): Counts {
  return { requests: 0, faults: 0, ours: 0, refused: 0, timed: 0, durationUs: 0 };
}

export function addTally(to: Tally, from: Tally): void {
  to.requests += from.requests;
  to.failures += from.failures;
  to.faults += from.faults;
  to.ours += from.ours;
  to.refused += from.refused;
  to.attempts += from.attempts;
  to.failedAttempts += from.failedAttempts;
  to.requestBytes += from.requestBytes;
  to.responseBytes += from.responseBytes;
  merge(to.durations, from.durations);
}

/** @param seconds that the exchanges span */
export function signals(of: Tally, seconds: number): Signals {
  const { requests, failures, attempts, failedAttempts, requestBytes, responseBytes } = of;
  const actual = attempts === 0 ? {} : { actualSuccess: (attempts - failedAttempts) / attempts };
  const rps = seconds > 0 ? requests / seconds : 0;
  const rest = { requests, failures, attempts, ...actual, rps, requestBytes, responseBytes };
  if (requests === 0) return rest;
  const success = (requests - failures) / requests;
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantile(of.durations, q));
  if (p50 === undefined || p95 === undefined || p99 === undefined) return { ...rest, success };
  return { ...rest, success, p50: p50 / 1000, p95: p95 / 1000, p99: p99 / 1000 };
}
