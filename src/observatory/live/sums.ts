// What is added up of each exchange beside its duration: where its time went, by the phases of model/span.ts, and what the
// kernel said of the path. The phases of an exchange add up to its duration, so those of many do too.
import { ABSENT, PHASES, type SpanColumn } from "../../model/span.ts";

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
  let reached = 0;
  for (let phase = 0; phase < PHASES.length; phase++) {
    const at = columns[PHASES[phase] as (typeof PHASES)[number]][row] as number;
    if (at === ABSENT || at <= reached) continue;
    to[phase] = (to[phase] as number) + at - reached;
    reached = at;
  }
  if (columns.connected[row] !== ABSENT) bump(to, AT.connects, 1);
  addSampled(
    to,
    AT.clientRttUs,
    columns.clientRtt[row] as number,
    AT.clientRetransmits,
    columns.clientRetransmits[row] as number,
  );
  addSampled(
    to,
    AT.serverRttUs,
    columns.serverRtt[row] as number,
    AT.serverRetransmits,
    columns.serverRetransmits[row] as number,
  );
}

export function mergeSums(to: Sums, from: Sums): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + (from[i] as number);
}

function addSampled(to: Sums, rttAt: number, rttUs: number, retransmitsAt: number, retransmits: number): void {
  if (rttUs !== ABSENT) {
    bump(to, rttAt, rttUs);
    bump(to, rttAt + 1, 1);
  }
  if (retransmits !== ABSENT) bump(to, retransmitsAt, retransmits);
}

function bump(to: Sums, at: number, by: number): void {
  to[at] = (to[at] as number) + by;
}
