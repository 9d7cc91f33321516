// From what the observatory found to the documents of types.ts.
import type { Exchange } from "../observatory/query/exchange.ts";
import type { Found } from "../observatory/query/queries.ts";
import type { Answer, TapRow } from "./types.ts";

export function answer<From, Row>(found: Found<From>, row: (from: From) => Row): Answer<Row> {
  return {
    asOf: iso(found.asOfUs),
    window: { from: iso(found.window.fromUs), to: iso(found.window.toUs) },
    coverage: found.coverage,
    rows: found.rows.map(row),
  };
}

export function tapRow({ ordinal: _, startUs, ...rest }: Exchange): TapRow {
  return { time: isoMicros(startUs), ...rest };
}

function iso(us: number): string {
  return new Date(us / 1000).toISOString();
}

/** Two exchanges of one page come within a millisecond. */
function isoMicros(us: number): string {
  const micros = String(Math.floor(us % 1e6)).padStart(6, "0");
  return `${iso(us).slice(0, 19)}.${micros}Z`;
}
