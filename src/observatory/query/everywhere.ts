// Figures of a stretch of time, wherever they are: in memory, or in the store.
import type { Cells } from "../live/cell.ts";
import type { Live } from "../live/live.ts";
import type { Periods } from "../store/store.ts";

/**
 * Hands out the cells of periods in memory, and has the others read, so that each is there once.
 * @param read asks the store, which calls `also` before anything else can be written: what is being written then is not in it
 */
export async function passPeriods(
  live: Live,
  { from, to }: { readonly from: number; readonly to: number },
  take: (startS: number, cells: Cells) => void,
  read: (periods: Periods, also: () => void) => Promise<void>,
): Promise<void> {
  const takeFromMemory = () => {
    for (const { start, stored, closing, open } of live.periods()) {
      if (start < from || start >= to) continue;
      if (start >= live.periodsFrom()) take(start, stored);
      take(start, closing);
      take(start, open);
    }
  };
  if (from >= live.periodsFrom()) takeFromMemory();
  else await read({ from, to: () => Math.min(to, live.periodsFrom()) }, takeFromMemory);
}
