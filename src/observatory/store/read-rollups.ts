// Reads stored figures: all of a window, or of one service or pair over time.
import type { DuckDBConnection } from "@duckdb/node-api";
import { type Cell, type Cells, cell, cellOf } from "../live/cell.ts";
import type { SeriesOf } from "../query/series-of.ts";
import { gather, gatherCounts } from "./rollup-rows.ts";
import type { SeriesIds } from "./series-ids.ts";
import type { Shelves } from "./shelves.ts";
import type { TakeCell, TakeCounted } from "./store.ts";
import { pieces } from "./tiers.ts";

export type ReadRollupsDeps = {
  readonly connection: DuckDBConnection;
  readonly shelves: Shelves;
  readonly seriesIds: SeriesIds;
};

/** Seconds since the epoch: periods that start in [from, to). */
type Stretch = { readonly from: number; readonly to: number };

/** Adds all rollups of the stretch to `cells`. */
export async function readRollups(deps: ReadRollupsDeps, cells: Cells, { from, to }: Stretch): Promise<void> {
  const { connection, shelves, seriesIds } = deps;
  const cellAt = (_: number, id: number) => cellOf(cells, seriesIds.seriesOf(id));
  for (const piece of pieces(shelves.spans(), from, to)) await gather(connection, shelves, piece, cellAt);
}

/** Hands out those of one service or pair, of periods of at most `stepS` seconds. */
export async function readSeries(
  { connection, shelves, seriesIds }: ReadRollupsDeps,
  of: SeriesOf,
  { from, to, stepS }: Stretch & { readonly stepS: number },
  take: TakeCell,
): Promise<void> {
  const series = seriesIds.matching(of);
  const steps = new Map<number, Map<number, Cell>>();
  const cellAt = (startS: number, id: number) => {
    const cells = steps.get(startS) ?? new Map<number, Cell>();
    steps.set(startS, cells);
    const found = cells.get(id) ?? cell();
    cells.set(id, found);
    return found;
  };
  for (const piece of pieces(shelves.spans(), from, to, stepS)) {
    await gather(connection, shelves, { ...piece, stepS, series }, cellAt);
  }
  for (const [startS, cells] of steps) {
    for (const [id, one] of cells) take(startS, seriesIds.seriesOf(id), one);
  }
}

/** Hands out how much there was of all of them, of periods of at most `stepS` seconds. */
export async function readCounts(
  { connection, shelves, seriesIds }: ReadRollupsDeps,
  { from, to, stepS }: Stretch & { readonly stepS: number },
  take: TakeCounted,
): Promise<void> {
  for (const piece of pieces(shelves.spans(), from, to, stepS)) {
    await gatherCounts(connection, shelves, { ...piece, stepS }, (startS, id, counted) =>
      take(startS, seriesIds.seriesOf(id), counted),
    );
  }
}
