// The rows of a batch that are kept, as a batch.
import { COLUMN_NAMES, columnsSize, viewColumns } from "../../model/span-buffer.ts";
import type { Arrival } from "../ingest/arrival.ts";

/** @param rows in order */
export function selected(arrival: Arrival, rows: readonly number[]): Arrival {
  const { batch } = arrival;
  const columns = viewColumns(new Uint8Array(columnsSize(rows.length)), 0, rows.length);
  for (const name of COLUMN_NAMES) {
    const [from, to] = [batch.columns[name], columns[name]];
    for (let i = 0; i < rows.length; i++) to[i] = from[rows[i] as number] as number;
  }
  const picked = <One>(of: readonly One[]) => rows.map((row) => of[row] as One);
  return {
    ...arrival,
    rows: rows.length,
    batch: {
      header: { ...batch.header, rows: rows.length },
      ...{ columns, paths: picked(batch.paths), authorities: picked(batch.authorities), pages: picked(batch.pages) },
    },
    sources: Uint32Array.from(rows, (row) => arrival.sources[row] as number),
    destinations: Uint32Array.from(rows, (row) => arrival.destinations[row] as number),
    confidences: Float32Array.from(rows, (row) => arrival.confidences[row] as number),
    weights: Float32Array.from(rows, (row) => arrival.weights[row] as number),
    routes: Uint32Array.from(rows, (row) => arrival.routes[row] as number),
  };
}
