// The figures of the last minutes in memory: by the second for the live view, so that "the last 60 s" is exact and there
// at once, and by 10 seconds for the store, which may be away for a while (a full disk) without anything being lost.
import { type Cells, countAttempt, countExchange, mergeCells } from "./cell.ts";
import type { Series } from "./series.ts";
import type { Columns } from "./sums.ts";

export const PERIOD_S = 10;
/** seconds kept one by one: a minute, and what a slow reader needs on top */
const SECONDS = 75;

export type Period = {
  /** of its start, seconds since the epoch; a multiple of PERIOD_S */
  readonly start: number;
  /** already in the store */
  readonly stored: Cells;
  /** being written */
  closing: Cells;
  /** not yet written */
  open: Cells;
};

/** `start` in seconds since the epoch */
export type Second = { readonly start: number; readonly cells: Cells };

export type Live = {
  /** an exchange: row `row` of `columns`. @param endUs when it ended, µs since the epoch */
  count(series: Series, endUs: number, columns: Columns, row: number): void;
  /** each whole second in [from, to), seconds since the epoch; only from `secondsFrom` on they are all there */
  seconds(from: number, to: number): Iterable<Second>;
  /** a try that was followed by another one */
  countAttempt(series: Series, endUs: number): void;
  secondsFrom(): number;
  /** oldest first */
  periods(): Iterable<Period>;
  /** from here on memory holds every period wholly; before, the store has the rest, except for `open` */
  periodsFrom(): number;
  /** cells of periods that ended before `before` (seconds since the epoch) and are to be written; then `settle` */
  takeClosed(before: number): ClosedPeriod[];
  /** what was taken has been written, or not */
  settle(isWritten: boolean): void;
  hasOpen(): boolean;
  /** adds to what is to be stored of a period (when the store is mended at start) */
  reopen(start: number, series: Series, columns: Columns, row: number): void;
  reopenAttempt(start: number, series: Series): void;
  /** nothing was before this process: what it has is all there is */
  nothingBefore(): void;
  /** forgets what is too old or too much; returns exchanges forgotten that were never stored */
  trim(nowS: number): number;
};

export type ClosedPeriod = { readonly start: number; readonly cells: Cells };

/** Whole periods are kept for 10 minutes or this many cells, whatever is less, and seconds for this many cells more; a
 *  cell takes about 800 bytes. */
const KEPT_PERIODS = 60;
const MOST_CELLS = 40_000;

const NO_PERIOD: Period = { start: -1, stored: new Map(), closing: new Map(), open: new Map() };

export function liveFigures(bootS: number, { keptPeriods = KEPT_PERIODS, mostCells = MOST_CELLS } = {}): Live {
  const seconds = new Map<number, Cells>();
  const periods = new Map<number, Period>();
  // the second and the period in which the process began are not wholly seen
  let secondsFrom = Math.floor(bootS) + 1;
  let periodsFrom = Math.ceil(bootS / PERIOD_S) * PERIOD_S;
  let second: { at: number; cells: Cells } = { at: -1, cells: new Map() };
  let period = NO_PERIOD;

  const secondAt = (at: number): Cells => {
    let cells = seconds.get(at);
    if (!cells) {
      cells = new Map();
      seconds.set(at, cells);
    }
    return cells;
  };
  const periodAt = (start: number): Period => {
    let found = periods.get(start);
    if (!found) {
      found = { start, stored: new Map(), closing: new Map(), open: new Map() };
      periods.set(start, found);
    }
    return found;
  };

  const turnTo = (endUs: number): void => {
    const at = Math.floor(endUs / 1e6);
    if (at !== second.at) second = { at, cells: secondAt(at) };
    const start = at - (at % PERIOD_S);
    if (start !== period.start) period = periodAt(start);
  };

  const trimSeconds = (nowS: number): void => {
    secondsFrom = Math.max(secondsFrom, Math.floor(nowS) - SECONDS);
    let cells = 0;
    for (const at of [...seconds.keys()].sort((a, b) => b - a)) {
      cells += seconds.get(at)?.size ?? 0;
      if (cells > mostCells) secondsFrom = Math.max(secondsFrom, at + 1);
      if (at < secondsFrom) seconds.delete(at);
    }
    second = { at: -1, cells: new Map() };
  };

  return {
    count(series, endUs, columns, row) {
      turnTo(endUs);
      series.lastS = second.at;
      countExchange(second.cells, series, columns, row);
      countExchange(period.open, series, columns, row);
    },
    countAttempt(series, endUs) {
      turnTo(endUs);
      series.lastS = second.at;
      countAttempt(second.cells, series);
      countAttempt(period.open, series);
    },
    *seconds(from, to) {
      for (const [start, cells] of seconds) if (start >= from && start < to) yield { start, cells };
    },
    secondsFrom: () => secondsFrom,
    periods: () => [...periods.values()].sort((a, b) => a.start - b.start),
    periodsFrom: () => periodsFrom,
    takeClosed(before) {
      const closed: ClosedPeriod[] = [];
      for (const one of periods.values()) {
        if (one.start + PERIOD_S > before || one.open.size === 0) continue;
        one.closing = one.open;
        one.open = new Map();
        closed.push({ start: one.start, cells: one.closing });
      }
      period = NO_PERIOD;
      return closed;
    },
    settle(isWritten) {
      for (const one of periods.values()) {
        if (one.closing.size === 0) continue;
        mergeCells(isWritten ? one.stored : one.open, one.closing);
        one.closing = new Map();
      }
    },
    hasOpen() {
      for (const one of periods.values()) if (one.open.size > 0) return true;
      return false;
    },
    reopen(start, series, columns, row) {
      countExchange(periodAt(start).open, series, columns, row);
    },
    reopenAttempt(start, series) {
      countAttempt(periodAt(start).open, series);
    },
    nothingBefore() {
      secondsFrom = 0;
      periodsFrom = 0;
    },
    trim(nowS) {
      trimSeconds(nowS);

      let cells = 0;
      let lost = 0;
      const newestFirst = [...periods.values()].sort((a, b) => b.start - a.start);
      for (const one of newestFirst) {
        const waiting = one.open.size + one.closing.size;
        cells += one.stored.size + waiting;
        const isOld = one.start < nowS - keptPeriods * PERIOD_S;
        // what is not stored yet stays as long as there is room for it
        if (cells <= mostCells && (!isOld || waiting > 0)) continue;
        if (one.closing.size > 0) continue;
        for (const open of one.open.values()) lost += open.requests;
        periods.delete(one.start);
        periodsFrom = Math.max(periodsFrom, one.start + PERIOD_S);
      }
      periodsFrom = Math.max(periodsFrom, (Math.floor(nowS / PERIOD_S) - keptPeriods) * PERIOD_S);
      period = NO_PERIOD;
      return lost;
    },
  };
}
