// What is added up of each exchange beside its duration: where its time went, by the phases of model/span.ts, and what the
// kernel said of the path. The phases of an exchange add up to its duration, so those of many do too.
import { STEP_PHASES, type StepPhases } from "../../model/figures.ts";
import { ABSENT, type SpanColumn } from "../../model/span.ts";

/** The time until each phase was reached since the one before, in µs; then counts and what TCP_INFO said of both legs. */
export const SUMS = [
  /** until the request's head was there */
  "headUs",
  "routeUs",
  /** waiting for a connection of the pool */
  "poolUs",
  "connectUs",
  "tlsUs",
  /** sending the request */
  "sendUs",
  /** waiting for the first byte of the answer */
  "firstByteUs",
  /** until its last byte came */
  "receiveUs",
  /** until the caller had it */
  "deliverUs",
  /** exchanges that opened a connection */
  "connects",
  /** round trips of both legs, and of how many exchanges: they are a sample */
  "clientRttUs",
  "clientRtts",
  "serverRttUs",
  "serverRtts",
  "clientRetransmits",
  "serverRetransmits",
] as const;
export type Sum = (typeof SUMS)[number];

/** By place in SUMS. */
export type Sums = Float64Array;

const AT = Object.fromEntries(SUMS.map((name, index) => [name, index])) as Record<Sum, number>;

/** Columns of exchanges, from which one is counted by its row. */
export type Columns = { readonly [name in SpanColumn]: ArrayLike<number> };

export function sums(): Sums {
  return new Float64Array(SUMS.length);
}

/** A phase that was not reached takes no time: what it would have taken is part of the next one. */
export function addSums(to: Sums, columns: Columns, row: number): void {
  // the columns by name: looked up by a variable they would cost three times as much, for each span
  let at = phase(to, 0, 0, columns.head[row] as number);
  at = phase(to, 1, at, columns.routed[row] as number);
  at = phase(to, 2, at, columns.pooled[row] as number);
  at = phase(to, 3, at, columns.connected[row] as number);
  at = phase(to, 4, at, columns.secured[row] as number);
  at = phase(to, 5, at, columns.sent[row] as number);
  at = phase(to, 6, at, columns.firstByte[row] as number);
  at = phase(to, 7, at, columns.lastIn[row] as number);
  phase(to, 8, at, columns.end[row] as number);
  if (columns.connected[row] !== ABSENT) bump(to, AT.connects, 1);
  sampled(to, AT.clientRttUs, columns.clientRtt[row] as number);
  sampled(to, AT.serverRttUs, columns.serverRtt[row] as number);
  retransmitted(to, AT.clientRetransmits, columns.clientRetransmits[row] as number);
  retransmitted(to, AT.serverRetransmits, columns.serverRetransmits[row] as number);
}

/** @returns what is reached now */
function phase(to: Sums, place: number, reached: number, at: number): number {
  if (at === ABSENT || at <= reached) return reached;
  bump(to, place, at - reached);
  return at;
}

/** ms of each phase in the mean of so many exchanges. */
export function meanPhases(of: Sums, exchanges: number): StepPhases {
  const means = STEP_PHASES.map((name) => [name, (of[AT[`${name}Us`]] as number) / exchanges / 1000]);
  return Object.fromEntries(means) as StepPhases;
}

export function mergeSums(to: Sums, from: Sums): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + (from[i] as number);
}

function sampled(to: Sums, place: number, rttUs: number): void {
  if (rttUs === ABSENT) return;
  bump(to, place, rttUs);
  bump(to, place + 1, 1);
}

function retransmitted(to: Sums, place: number, segments: number): void {
  if (segments !== ABSENT) bump(to, place, segments);
}

function bump(to: Sums, at: number, by: number): void {
  to[at] = (to[at] as number) + by;
}
