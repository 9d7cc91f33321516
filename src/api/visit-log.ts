// The journeys of the running mesh as a log of events, made when somebody asks. Making it of a million requests takes a second,
// in which the observatory does nothing else: so who asks again soon gets the one that is there.
import { logOfVisits, type VisitLog } from "../analysis/journeys/visits/log-of-visits.ts";
import type { Clock } from "../base/clock.ts";
import type { VisitTable } from "../model/visits.ts";
import type { Observatory } from "../observatory/observatory.ts";
import type { Window } from "../observatory/query/figures.ts";

export type Seen = { readonly table: VisitTable; readonly visits: VisitLog };

type Made = Seen & { readonly window: Window; readonly untilMs: number };

/** Making logs may take this share of the time. */
const SHARE = 0.05;
/** Windows that begin and end within so long of each other are the same, µs. */
const ALIKE_US = 1e6;

const made = new WeakMap<Observatory, Made>();

export function visitLog(observatory: Observatory, clock: Clock, window: Window): Seen {
  const beganMs = clock.monotonicMs();
  const last = made.get(observatory);
  if (last && isAlike(last, window, observatory, beganMs)) return last;
  const table = observatory.visits(window.fromUs, window.toUs);
  const visits = logOfVisits(table);
  const tookMs = clock.monotonicMs() - beganMs;
  const now = { table, visits, window, untilMs: beganMs + tookMs / SHARE };
  made.set(observatory, now);
  return now;
}

function isAlike({ window, table, untilMs }: Made, asked: Window, observatory: Observatory, nowMs: number): boolean {
  const length = window.toUs - window.fromUs;
  if (Math.abs(length - (asked.toUs - asked.fromUs)) > ALIKE_US) return false;
  const movedUs = asked.toUs - window.toUs;
  if (movedUs >= 0 && movedUs < (untilMs - nowMs) * 1000) return true;
  return Math.abs(movedUs) < ALIKE_US && observatory.visits(asked.fromUs, asked.toUs).revision === table.revision;
}
