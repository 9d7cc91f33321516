// The tables. Rows are kept in tables that each hold a stretch of time (`exchanges_7`), because dropping a table frees its
// space at once, while deleting rows costs memory and leaves holes. A column may be added at the end of any table, and at the
// end of the lists that numbers in them stand for (METHODS, PROTOCOLS): a store that lacks it gets it (migrate.ts). Any
// other change is a migration.
import {
  BLOB,
  DOUBLE,
  type DuckDBType,
  FLOAT,
  TIMESTAMP,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  VARCHAR,
} from "@duckdb/node-api";
import { RESOURCE_COUNTERS, RESOURCE_LEVELS, RESOURCE_NAMES } from "../../model/resources.ts";
import { CONTENT_COLUMNS, SPAN_COLUMNS, type SpanColumn } from "../../model/span.ts";
import { SUMS } from "../live/sums.ts";

/** Columns of a span that are stored as they are; the others are resolved to names or renamed, or of the visitor: those are kept
 *  apart from the exchange (visits/). What calls share is of no use once it is known whose they were. */
const RESOLVED = ["startUs", "source", "service", "workload", "error"] as const;
const OF_THE_VISITOR = ["visitor0", "visitor1", "joins0", "joins1", "visit"] as const;
const LEFT_OUT: readonly string[] = [...RESOLVED, ...OF_THE_VISITOR, ...CONTENT_COLUMNS];
export const PLAIN_COLUMNS = (Object.keys(SPAN_COLUMNS) as SpanColumn[]).filter((name) => !LEFT_OUT.includes(name));

const TYPE_OF = { f64: UBIGINT, u32: UINTEGER, u16: USMALLINT, u8: UTINYINT };

export type Columns = readonly (readonly [name: string, type: DuckDBType])[];

/** `confidence` is that of `parent0` and `parent1`, which are 0 when it was nobody's call; a row stands for `weight` exchanges;
 *  `source` and `destination` are ids in `peers`, `error` in `error_codes` (0 = none); `end` and other offsets are µs */
export const EXCHANGE_COLUMNS: Columns = [
  ["ordinal", DOUBLE],
  ["time", TIMESTAMP],
  ["source", UINTEGER],
  ["destination", UINTEGER],
  ["error", USMALLINT],
  ["path", VARCHAR],
  ["authority", VARCHAR],
  ["confidence", FLOAT],
  ["weight", FLOAT],
  ...PLAIN_COLUMNS.map((name) => [name, TYPE_OF[SPAN_COLUMNS[name]]] as const),
];

/** The sums of live/sums.ts by the names of their columns: `firstByteUs` is `first_byte_us`. */
export const SUM_COLUMNS = SUMS.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

/** `time` is the start of the period; `series` an id in `series`; rows of the same time and series add up. `durations` is a
 *  sketch of base/sketch.bytes.ts, `exemplar` the trace id and span id of an exchange that took `exemplar_us`; `timed` are the
 *  requests that have a duration, NULL where an earlier version did not count them */
const ROLLUP_COLUMNS: Columns = [
  ["time", TIMESTAMP],
  ["series", UINTEGER],
  ["requests", DOUBLE],
  ["attempts", DOUBLE],
  ["duration_us", DOUBLE],
  ["request_bytes", DOUBLE],
  ["response_bytes", DOUBLE],
  ...SUM_COLUMNS.map((name) => [name, DOUBLE] as const),
  ["durations", BLOB],
  ["exemplar_us", DOUBLE],
  ["exemplar", BLOB],
  ["timed", DOUBLE],
];

/** in the order of RESOURCE_NAMES */
export const RESOURCE_COLUMNS: readonly string[] = RESOURCE_NAMES.map(
  (name) => ({ ...RESOURCE_COUNTERS, ...RESOURCE_LEVELS })[name],
);

/** cumulated counters and levels of a workload; NULL where the host does not tell */
const SAMPLE_COLUMNS: Columns = [
  ["time", TIMESTAMP],
  ["namespace", VARCHAR],
  ["service", VARCHAR],
  ["workload", VARCHAR],
  ["version", VARCHAR],
  ["ready", UTINYINT],
  ["connections", UINTEGER],
  ...RESOURCE_COLUMNS.map((name) => [name, DOUBLE] as const),
];

/** spans of instrumented applications; ids are hex digits, `attributes` and `events` JSON */
const APP_SPAN_COLUMNS: Columns = [
  ["time", TIMESTAMP],
  ["trace", VARCHAR],
  ["span", VARCHAR],
  ["parent", VARCHAR],
  ["namespace", VARCHAR],
  ["service", VARCHAR],
  ["instance", VARCHAR],
  ["name", VARCHAR],
  ["kind", UTINYINT],
  ["duration_us", UBIGINT],
  ["status", UTINYINT],
  ["message", VARCHAR],
  ["scope", VARCHAR],
  ["attributes", VARCHAR],
  ["events", VARCHAR],
];

/** log records that applications sent */
const APP_LOG_COLUMNS: Columns = [
  ["time", TIMESTAMP],
  ["namespace", VARCHAR],
  ["service", VARCHAR],
  ["instance", VARCHAR],
  ["severity", UTINYINT],
  ["text", VARCHAR],
  ["trace", VARCHAR],
  ["span", VARCHAR],
  ["attributes", VARCHAR],
];

/** what visitors did, see model/visits.ts; `visitor0` and `visitor1` are a keyed hash, `joins0` and `joins1` another one of the
 *  same visitor, `from_route` and `to_route` routes of the same service */
const VISIT_COLUMNS: Columns = [
  ["time", TIMESTAMP],
  ["visitor0", UINTEGER],
  ["visitor1", UINTEGER],
  ["joins0", UINTEGER],
  ["joins1", UINTEGER],
  ["visit", UINTEGER],
  ["namespace", VARCHAR],
  ["service", VARCHAR],
  ["route", VARCHAR],
  ["status", USMALLINT],
  ["latency_ms", FLOAT],
  ["version", VARCHAR],
  ["workload", VARCHAR],
  ["culprit", VARCHAR],
  ["item", VARCHAR],
  ["from_route", VARCHAR],
  ["to_route", VARCHAR],
];

/** In the order in which they go when the store is too large: details first, then what is finer. */
export const KINDS = ["exchanges", "app_spans", "app_logs", "visits", "tens", "minutes", "hours", "samples"] as const;
export type Kind = (typeof KINDS)[number];

export const KIND_COLUMNS: Record<Kind, Columns> = {
  exchanges: EXCHANGE_COLUMNS,
  app_spans: APP_SPAN_COLUMNS,
  app_logs: APP_LOG_COLUMNS,
  visits: VISIT_COLUMNS,
  tens: ROLLUP_COLUMNS,
  minutes: ROLLUP_COLUMNS,
  hours: ROLLUP_COLUMNS,
  samples: SAMPLE_COLUMNS,
};

export function createTable(table: string, columns: Columns): string {
  return `CREATE TABLE IF NOT EXISTS "${table}" (${columns.map(([name, type]) => `"${name}" ${type}`).join(", ")})`;
}

export const SERIES_COLUMNS: Columns = [
  ["id", UINTEGER],
  ["source", VARCHAR],
  ["source_namespace", VARCHAR],
  ["destination", VARCHAR],
  ["destination_namespace", VARCHAR],
  ["port", USMALLINT],
  ["protocol", VARCHAR],
  ["route", VARCHAR],
  ["method", VARCHAR],
  ["version", VARCHAR],
  ["status_class", UTINYINT],
  ["error", VARCHAR],
];

/** What every store has from its beginning. */
export const FIXED_TABLES: Readonly<Record<string, Columns>> = {
  format: [["tag", VARCHAR]],
  series: SERIES_COLUMNS,
  /** of tiers.ts */
  tiers: [
    ["kind", VARCHAR],
    ["until_s", DOUBLE],
    ["from_s", DOUBLE],
  ],
  peers: [
    ["id", UINTEGER],
    ["key", UINTEGER],
    ["namespace", VARCHAR],
    ["service", VARCHAR],
    ["workload", VARCHAR],
    ["version", VARCHAR],
  ],
  error_codes: [
    ["id", USMALLINT],
    ["code", VARCHAR],
  ],
  rules: [
    ["key", UINTEGER],
    ["name", VARCHAR],
    ["counted_as", VARCHAR],
  ],
  /** `folded` is the name under which it is counted now, '' for its own; the latest row of a route holds */
  routes: [
    ["namespace", VARCHAR],
    ["service", VARCHAR],
    ["name", VARCHAR],
    ["folded", VARCHAR],
  ],
  batches: [
    ["time", TIMESTAMP],
    ["agent", VARCHAR],
    ["sequence", DOUBLE],
    ["hash", VARCHAR],
  ],
  losses: [
    ["time", TIMESTAMP],
    ["reason", VARCHAR],
    ["spans", DOUBLE],
  ],
  changes: [
    ["time", TIMESTAMP],
    ["kind", VARCHAR],
    ["namespace", VARCHAR],
    ["service", VARCHAR],
    ["workload", VARCHAR],
    ["version", VARCHAR],
    ["text", VARCHAR],
  ],
  /** the whole incident as JSON, see analysis/objectives/incident.ts */
  incidents: [
    ["id", VARCHAR],
    ["opened", TIMESTAMP],
    ["document", VARCHAR],
  ],
  loss_counters: [
    ["agent", VARCHAR],
    ["ring", DOUBLE],
    ["upload", DOUBLE],
  ],
};
