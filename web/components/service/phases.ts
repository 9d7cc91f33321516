// Where the mean request of a series was, and its slowest requests. Pure: rows in, what is shown out.
import type { SeriesRow } from "../../../src/api/types.ts";

/** In the order in which a request passes them. */
const NAMES = {
  head: "request's head",
  route: "routing",
  pool: "wait for a connection",
  connect: "connecting",
  tls: "TLS",
  send: "sending",
  firstByte: "first byte",
  receive: "receiving",
  deliver: "delivering",
} as const;

export type Part = { readonly name: string; readonly ms: number };

/** Of all that is shown, those that take a hundredth of it or more. */
export function phasesOf(rows: readonly SeriesRow[]): Part[] {
  const timed = rows.filter(({ phases }) => phases !== undefined);
  const requests = timed.reduce((sum, row) => sum + row.requests, 0);
  const parts = Object.entries(NAMES).map(([phase, name]): Part => {
    const ms = timed.reduce((sum, row) => sum + row.requests * (row.phases?.[phase as keyof typeof NAMES] ?? 0), 0);
    return { name, ms: ms / Math.max(requests, 1) };
  });
  const all = parts.reduce((sum, { ms }) => sum + ms, 0);
  return parts.filter(({ ms }) => ms > 0 && ms >= all / 100);
}

export type Case = { readonly traceId: string; readonly ms: number; readonly time: string };

/** @returns the slowest of each step, of so many at most, in the order of time */
export function casesOf(rows: readonly SeriesRow[], most: number): Case[] {
  return rows
    .flatMap(({ time, exemplar }) => (exemplar ? [{ traceId: exemplar.traceId, ms: exemplar.durationMs, time }] : []))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, most)
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}
