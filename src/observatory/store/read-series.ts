// Reads the stored figures of one series over time: only its own rows and columns.
import type { DuckDBConnection } from "@duckdb/node-api";
import { ERROR_CODES, isCallees } from "../../base/errors/index.ts";
import type { Tally } from "../../model/tally.ts";
import type { SeriesOf } from "../query/series-of.ts";
import { eachRollup, mergeAt, numberAt } from "./rollup-rows.ts";
import type { Shelves } from "./shelves.ts";

/** The tally of a period that starts at so many seconds since the epoch. */
export type StepAt = (startS: number) => Tally | undefined;

/** errors that do not speak of the callee */
const OTHERS = ERROR_CODES.filter((code) => !isCallees(code)).map((code) => `'${code}'`);

/** of model/span.ts isSuccess, by class: only 500 divides */
const IS_FAILURE = "(error <> '' OR status_class >= 5)";

const COLUMNS = [
  "epoch(time)::DOUBLE",
  "requests",
  `if(${IS_FAILURE}, requests, 0)`,
  `if(${IS_FAILURE} AND error NOT IN (${OTHERS.join(", ")}), requests, 0)`,
  "requests + attempts",
  `if(${IS_FAILURE}, requests + attempts, 0)`,
  "request_bytes",
  "response_bytes",
  "if(protocol = 'tcp', NULL, durations)",
];

export async function readSeries(
  connection: DuckDBConnection,
  shelves: Shelves,
  of: SeriesOf,
  periods: { readonly from: number; readonly to: number },
  stepAt: StepAt,
): Promise<void> {
  await eachRollup(connection, shelves, { columns: COLUMNS, ...periods, ...condition(of) }, (columns, row) => {
    const step = stepAt(numberAt(columns, 0, row));
    if (!step) return;
    step.requests += numberAt(columns, 1, row);
    step.failures += numberAt(columns, 2, row);
    step.faults += numberAt(columns, 3, row);
    step.attempts += numberAt(columns, 4, row);
    step.failedAttempts += numberAt(columns, 5, row);
    step.requestBytes += numberAt(columns, 6, row);
    step.responseBytes += numberAt(columns, 7, row);
    mergeAt(step.durations, columns, 8, row);
  });
}

/** The same as query/series-of.ts. No name has a slash in it. */
function condition(of: SeriesOf): { readonly where: string; readonly values: string[] } {
  const parts: string[] = [];
  const values: string[] = [];
  const isNamed = (side: "source" | "destination", asked: string | undefined) => {
    if (asked === undefined) return;
    const slash = asked.indexOf("/");
    parts.push(`${side} = ?`);
    values.push(asked.slice(slash + 1));
    if (slash < 0) return;
    parts.push(`${side}_namespace = ?`);
    values.push(asked.slice(0, slash));
  };
  if ("service" in of) {
    isNamed("destination", of.service);
    parts.push("destination_namespace <> ''");
  } else {
    isNamed("source", of.source);
    isNamed("destination", of.destination);
  }
  return { where: parts.join(" AND ") || "true", values };
}
