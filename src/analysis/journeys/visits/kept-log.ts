// The log of what visitors did. Making it of a million requests takes a second of a core that others need too: so who asks again
// soon gets the one that is there.
import type { VisitTable } from "../../../model/visits.ts";
import { logOfVisits, type VisitLog } from "./log-of-visits.ts";

export type SeenLog = { readonly table: VisitTable; readonly visits: VisitLog };

/** Making logs may take this share of the time. */
const SHARE = 0.05;
/** Windows that begin and end within so long of each other are the same. */
const ALIKE_MS = 1e3;

/** @param nowMs of a clock that never goes back */
export function keptLog(nowMs: () => number): (table: VisitTable) => SeenLog {
  let last: (SeenLog & { readonly untilMs: number }) | undefined;
  return (table) => {
    const beganMs = nowMs();
    if (last && isAlike(last, table, last.untilMs - beganMs)) return last;
    const visits = logOfVisits(table);
    last = { table, visits, untilMs: beganMs + (nowMs() - beganMs) / SHARE };
    return last;
  };
}

/** @param leftMs for which the one that is there may be given */
function isAlike({ table: kept }: SeenLog, asked: VisitTable, leftMs: number): boolean {
  if (kept.forgotten !== asked.forgotten) return false;
  if (Math.abs(kept.toMs - kept.fromMs - (asked.toMs - asked.fromMs)) > ALIKE_MS) return false;
  const movedMs = asked.toMs - kept.toMs;
  if (movedMs >= 0 && movedMs < leftMs) return true;
  return Math.abs(movedMs) < ALIKE_MS && kept.revision === asked.revision;
}
