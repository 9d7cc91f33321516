// The cells of a window, wherever they are: by the second in memory, by 10 seconds in memory, in the store.
import { type Cells, mergeCells } from "../live/cell.ts";
import type { Live } from "../live/live.ts";
import { PROBE_ROUTE } from "../routes/book.ts";
import type { Store } from "../store/store.ts";
import { passPeriods } from "./everywhere.ts";

export type Window = { readonly fromUs: number; readonly toUs: number };

/** What figures are asked of. */
export type Asked = Window & {
  /** probes and scrapes too; without, they are left out */
  readonly withProbes?: boolean | undefined;
};

export type Figures = {
  readonly cells: Cells;
  /** those of probes and scrapes, that are left out of `cells` */
  readonly leftOut: Cells;
  /** what the cells really span: whole seconds, or whole periods where the seconds are not known any more; the longer ago,
   *  the longer the periods */
  readonly window: Window;
};

export type FiguresDeps = {
  readonly live: Live;
  readonly store: Pick<Store, "rollups" | "grainAt">;
  /** before this there can be no figures, µs since the epoch */
  readonly beganUs: () => number;
};

export async function figures(deps: FiguresDeps, asked: Asked, nowUs: number): Promise<Figures> {
  const { cells, window } = await allFigures(deps, asked, nowUs);
  const leftOut: Cells = new Map();
  if (asked.withProbes) return { cells, leftOut, window };
  for (const [series, cell] of cells) {
    if (series.route === PROBE_ROUTE && cells.delete(series)) leftOut.set(series, cell);
  }
  return { cells, leftOut, window };
}

async function allFigures(deps: FiguresDeps, asked: Window, nowUs: number): Promise<Pick<Figures, "cells" | "window">> {
  const { live, store, beganUs } = deps;
  const cells: Cells = new Map();
  const fromS = Math.floor(Math.max(asked.fromUs, Math.min(beganUs(), asked.toUs)) / 1e6);
  const toS = Math.ceil(asked.toUs / 1e6);
  if (fromS >= live.secondsFrom()) {
    for (const second of live.seconds(fromS, toS)) mergeCells(cells, second.cells);
    return { cells, window: spanning(fromS, toS, nowUs) };
  }

  const [fromGrain, toGrain] = [store.grainAt(fromS), store.grainAt(toS)];
  const from = Math.floor(fromS / fromGrain) * fromGrain;
  const to = Math.ceil(toS / toGrain) * toGrain;
  const add = (_: number, some: Cells) => mergeCells(cells, some);
  await passPeriods(live, { from, to }, add, (periods, also) => store.rollups(cells, periods, also));
  return { cells, window: spanning(Math.max(from, Math.floor(beganUs() / 1e6)), to, nowUs) };
}

function spanning(fromS: number, toS: number, nowUs: number): Window {
  const toUs = Math.min(toS * 1e6, Math.max(nowUs, fromS * 1e6));
  return { fromUs: fromS * 1e6, toUs };
}
