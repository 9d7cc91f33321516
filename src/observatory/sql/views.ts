// What `meshwise sql` shows: views over the tables of the store, with names for numbers. They are documented in docs/store.md,
// and stay the same when the tables change.
import { METHODS, PROTOCOLS } from "../../model/span.ts";
import { KIND_COLUMNS, type Kind, SUM_COLUMNS } from "../store/format.ts";

/** CREATE statements of temporary views. @param tables of the store @param database that has them */
export function views(tables: readonly string[], database: string): string[] {
  /** a view of the same name would be looked for in itself */
  const table = (name: string) => `FROM "${database}".main.${name}`;
  /** all rows of the kind; there may be no table of it yet */
  const all = (kind: Kind) => {
    const none = KIND_COLUMNS[kind].map(([name, type]) => `NULL::${type} AS "${name}"`).join(", ");
    const parts = tables.filter((table) => new RegExp(`^${kind}_\\d+$`).test(table)).map((table) => `FROM "${table}"`);
    return [`SELECT ${none} WHERE false`, ...parts].join(" UNION ALL BY NAME ");
  };
  const rollups = (name: string, kind: Kind) => ({ name, from: all(kind), select: ROLLUPS });
  const found = [
    { name: "exchanges", from: all("exchanges"), select: EXCHANGES },
    rollups("rollups_10s", "tens"),
    rollups("rollups_1m", "minutes"),
    rollups("rollups_1h", "hours"),
    { name: "resources", from: all("samples"), select: "SELECT * FROM rows" },
    { name: "app_spans", from: all("app_spans"), select: "SELECT * FROM rows" },
    { name: "app_logs", from: all("app_logs"), select: "SELECT * FROM rows" },
    { name: "changes", from: table("changes"), select: "SELECT * FROM rows" },
    { name: "losses", from: table("losses"), select: "SELECT * FROM rows" },
  ];
  return found.map(({ name, from, select }) => `CREATE TEMP VIEW ${name} AS WITH rows AS (${from}) ${select}`);
}

const named = (column: string, names: readonly string[]) =>
  `[${names.map((name) => `'${name}'`).join(", ")}][${column} + 1]`;
const hex = (...columns: readonly string[]) =>
  columns.map((column) => `lpad(lower(to_hex(${column})), 8, '0')`).join(" || ");
const ABSENT = 0xffffffff;
const milliseconds = (column: string) => `nullif(${column}, ${ABSENT}) / 1000.0`;

const EXCHANGES = `
  SELECT time, time + to_microseconds("end") AS ended,
    coalesce(s.service, 'outside') AS source, s.workload AS source_workload,
    coalesce(d.service, nullif(split_part(authority, ':', 1), ''), 'outside') AS destination,
    d.workload AS destination_workload, d.version,
    port, ${named("protocol", PROTOCOLS)} AS protocol, ${named("method", METHODS)} AS method, path,
    nullif(status, 0) AS status, c.code AS error, attempts, "end" / 1000.0 AS duration_ms,
    ${milliseconds("pooled")} AS pooled_ms, ${milliseconds("connected")} AS connected_ms,
    ${milliseconds('"firstByte"')} AS first_byte_ms, ${milliseconds('"lastIn"')} AS last_in_ms,
    requestHeld / 1000.0 AS request_held_ms, answerHeld / 1000.0 AS answer_held_ms,
    requestBytes AS request_bytes, responseBytes AS response_bytes,
    ${hex("trace0", "trace1", "trace2", "trace3")} AS trace_id, ${hex("client0", "client1")} AS span_id,
    nullif(${hex("parent0", "parent1")}, '0000000000000000') AS parent_id, confidence
  FROM rows
  LEFT JOIN main.peers s ON s.id = rows.source
  LEFT JOIN main.peers d ON d.id = rows.destination
  LEFT JOIN main.error_codes c ON c.id = rows.error`;

const ROLLUPS = `
  SELECT time, source, source_namespace, destination, destination_namespace, port, protocol, route, method, version,
    status_class, error, error <> '' OR status_class >= 5 AS is_failure,
    requests, attempts, timed, duration_us, request_bytes, response_bytes, ${SUM_COLUMNS.join(", ")},
    exemplar_us, lower(substr(hex(exemplar), 1, 32)) AS exemplar_trace_id, lower(substr(hex(exemplar), 33)) AS exemplar_span_id
  FROM rows JOIN main.series ON series.id = rows.series`;
