// Reads the stored figures of one series over time. A week of a busy service is half a million rows, so only its own rows
// and columns are read, and each is added where it belongs without becoming an object first.
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { DuckDBBlobValue } from "@duckdb/node-api";
import { ERRORS } from "../../base/errors/index.ts";
import { mergeEncoded } from "../../base/sketch.bytes.ts";
import type { Tally } from "../../model/tally.ts";
import type { SeriesOf } from "../query/series-of.ts";
import type { Shelves } from "./shelves.ts";

/** The tally of a period that starts at so many seconds since the epoch. */
export type StepAt = (startS: number) => Tally | undefined;

/** errors that the caller caused */
const CALLERS = Object.entries(ERRORS).flatMap(([code, { side }]) => (side === "downstream" ? [`'${code}'`] : []));

/** of model/span.ts isSuccess, by class: only 500 divides */
const IS_FAILURE = "(error <> '' OR status_class >= 5)";

export async function readSeries(
  connection: DuckDBConnection,
  shelves: Shelves,
  of: SeriesOf,
  { from, to }: { readonly from: number; readonly to: number },
  stepAt: StepAt,
): Promise<void> {
  const { sql, values } = condition(of);
  for (const { table, closedUs } of shelves.of("rollups")) {
    // rows are written after their period ended
    if (closedUs !== undefined && closedUs / 1e6 < from) continue;
    const rows = await connection.stream(
      `SELECT epoch(time)::DOUBLE, requests, if(${IS_FAILURE}, requests, 0),
              if(${IS_FAILURE} AND error NOT IN (${CALLERS.join(", ")}), requests, 0),
              request_bytes, response_bytes, if(protocol = 'tcp', NULL, durations)
       FROM "${table}"
       WHERE time >= make_timestamp(${from}000000) AND time < make_timestamp(${to}000000) AND ${sql}`,
      values,
    );
    for (;;) {
      const chunk = await rows.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      for (const row of chunk.getRows()) addRow(row, stepAt);
    }
  }
}

function addRow(row: DuckDBValue[], stepAt: StepAt): void {
  const step = stepAt(row[0] as number);
  if (!step) return;
  step.requests += row[1] as number;
  step.failures += row[2] as number;
  step.faults += row[3] as number;
  step.requestBytes += row[4] as number;
  step.responseBytes += row[5] as number;
  if (row[6] instanceof DuckDBBlobValue) mergeEncoded(step.durations, row[6].bytes);
}

/** The same as query/series-of.ts. */
function condition(of: SeriesOf): { readonly sql: string; readonly values: string[] } {
  const parts: string[] = [];
  const values: string[] = [];
  const isNamed = (side: "source" | "destination", asked: string | undefined) => {
    if (asked === undefined) return;
    parts.push(`(${side} = ? OR (${side}_namespace || '/' || ${side}) = ?)`);
    values.push(asked, asked);
  };
  if ("service" in of) {
    isNamed("destination", of.service);
    parts.push("destination_namespace <> ''");
  } else {
    isNamed("source", of.source);
    isNamed("destination", of.destination);
  }
  return { sql: parts.length > 0 ? parts.join(" AND ") : "true", values };
}
