// What applications say: rows apart from the exchanges that the mesh saw itself.
import { type DuckDBAppender, type DuckDBConnection, DuckDBTimestampValue } from "@duckdb/node-api";
import { SPAN_KINDS } from "../../protocol/otlp/trace-messages.ts";
import type { Attributes } from "../apps/attributes.ts";
import type { AppLog, LogFilter } from "../apps/logs.ts";
import { type AppEvent, type AppSpan, STATUSES } from "../apps/spans.ts";
import type { Beside, OpenStore } from "./beside.ts";
import type { Kind } from "./format.ts";
import type { AppRows, AppStore } from "./store.ts";

export function appStore(beside: Beside, nowUs: () => number): AppStore {
  return {
    write: async (rows, written) =>
      (await beside(async (opened) => {
        await writeAppRows(opened, rows, nowUs());
        written();
        return true;
      })) ?? false,
    spans: async (of, ids, limit, waiting) =>
      (await beside(async (opened) => [...(await readSpans(opened, of, ids, limit)), ...waiting()])) ?? waiting(),
    logs: async (filter, waiting) =>
      (await beside(async (opened) => [...(await readLogs(opened, filter)), ...waiting()])) ?? waiting(),
  };
}

/** All of it or, when DuckDB throws, nothing. */
async function writeAppRows({ connection, shelves }: OpenStore, rows: AppRows, nowUs: number): Promise<void> {
  const tables = {
    spans: rows.spans.length > 0 ? await shelves.current("app_spans", nowUs) : undefined,
    logs: rows.logs.length > 0 ? await shelves.current("app_logs", nowUs) : undefined,
  };
  await connection.run("BEGIN");
  try {
    if (tables.spans) await appended(connection, tables.spans.table, (to) => appendSpans(to, rows.spans));
    if (tables.logs) await appended(connection, tables.logs.table, (to) => appendLogs(to, rows.logs));
    await connection.run("COMMIT");
  } catch (thrown) {
    await connection.run("ROLLBACK").catch(() => {});
    throw thrown;
  }
  if (tables.spans) tables.spans.rows += rows.spans.length;
  if (tables.logs) tables.logs.rows += rows.logs.length;
}

async function appended(connection: DuckDBConnection, table: string, append: (to: DuckDBAppender) => void) {
  const appender = await connection.createAppender(table);
  append(appender);
  appender.flushSync();
  appender.closeSync();
}

function appendSpans(to: DuckDBAppender, spans: readonly AppSpan[]): void {
  for (const span of spans) {
    to.appendTimestamp(new DuckDBTimestampValue(BigInt(Math.floor(span.startUs))));
    for (const text of [span.traceId, span.spanId, span.parentId, span.namespace, span.service, span.instance])
      to.appendVarchar(text);
    to.appendVarchar(span.name);
    to.appendUTinyInt(SPAN_KINDS.lastIndexOf(span.kind));
    to.appendUBigInt(BigInt(Math.floor(span.durationUs)));
    to.appendUTinyInt(STATUSES.indexOf(span.status));
    to.appendVarchar(span.message);
    to.appendVarchar(span.scope);
    to.appendVarchar(JSON.stringify(span.attributes));
    to.appendVarchar(JSON.stringify(span.events));
    to.endRow();
  }
}

function appendLogs(to: DuckDBAppender, logs: readonly AppLog[]): void {
  for (const log of logs) {
    to.appendTimestamp(new DuckDBTimestampValue(BigInt(Math.floor(log.timeUs))));
    for (const text of [log.namespace, log.service, log.instance]) to.appendVarchar(text);
    to.appendUTinyInt(log.severity);
    for (const text of [log.text, log.traceId, log.spanId]) to.appendVarchar(text);
    to.appendVarchar(JSON.stringify(log.attributes));
    to.endRow();
  }
}

/** @param ids hex digits, in that column */
async function readSpans(
  opened: OpenStore,
  column: "trace" | "parent",
  ids: readonly string[],
  limit: number,
): Promise<AppSpan[]> {
  if (ids.length === 0) return [];
  const condition = `${column} IN (${listed(ids)})`;
  const columns =
    "epoch_us(time), trace, span, parent, namespace, service, instance, name, kind, duration_us, status, message, scope, attributes, events";
  const rows = await readAll(opened, "app_spans", columns, condition, "time", limit, {});
  return rows.map((row) => {
    const [startUs, trace, spanId, parentId, namespace, service, instance, name, kind, durationUs, status, ...rest] =
      row;
    const [message, scope, attributes, events] = rest.map(String) as [string, string, string, string];
    return {
      traceId: String(trace),
      spanId: String(spanId),
      parentId: String(parentId),
      namespace: String(namespace),
      service: String(service),
      instance: String(instance),
      name: String(name),
      kind: SPAN_KINDS[Number(kind)] ?? "internal",
      startUs: Number(startUs),
      durationUs: Number(durationUs),
      status: STATUSES[Number(status)] ?? "unset",
      message,
      scope,
      attributes: JSON.parse(attributes) as Attributes,
      events: JSON.parse(events) as AppEvent[],
    };
  });
}

/** For SQL. @throws Error when one has other than hex digits */
function listed(ids: readonly string[]): string {
  const strange = ids.find((id) => !/^[0-9a-f]*$/.test(id));
  if (strange !== undefined) throw new Error(`${strange} is no id`);
  return ids.map((id) => `'${id}'`).join(", ");
}

/** The newest that meet the filter, newest first. */
async function readLogs(opened: OpenStore, filter: LogFilter): Promise<AppLog[]> {
  const { fromUs, toUs, service, trace, limit } = filter;
  const condition = [
    "time >= make_timestamp($from::BIGINT) AND time < make_timestamp($to::BIGINT)",
    ...(service === undefined ? [] : ["(service = $service OR namespace || '/' || service = $service)"]),
    ...(trace ? [`(trace = $trace OR substr(trace, 17) IN (${listed(["", ...trace.calls])}) AND trace <> '')`] : []),
  ].join(" AND ");
  const values = {
    from: BigInt(Math.floor(fromUs)),
    to: BigInt(Math.floor(toUs)),
    ...(service === undefined ? {} : { service }),
    ...(trace && { trace: trace.id }),
  };
  const columns = "epoch_us(time), namespace, service, instance, severity, text, trace, span, attributes";
  const rows = await readAll(opened, "app_logs", columns, condition, "time DESC", limit, values);
  return rows.map(([timeUs, namespace, service, instance, severity, text, trace, span, attributes]) => ({
    timeUs: Number(timeUs),
    namespace: String(namespace),
    service: String(service),
    instance: String(instance),
    severity: Number(severity),
    text: String(text),
    traceId: String(trace),
    spanId: String(span),
    attributes: JSON.parse(String(attributes)) as Attributes,
  }));
}

async function readAll(
  { connection, shelves }: OpenStore,
  kind: Kind,
  columns: string,
  condition: string,
  order: string,
  limit: number,
  values: Record<string, string | bigint>,
): Promise<readonly (readonly unknown[])[]> {
  const found = shelves.of(kind);
  if (found.length === 0) return [];
  const selects = found.map(({ table }) => `SELECT * FROM "${table}" WHERE ${condition}`).join(" UNION ALL ");
  const sql = `SELECT ${columns} FROM (${selects}) ORDER BY ${order} LIMIT ${Math.floor(limit)}`;
  return (await connection.runAndReadAll(sql, values)).getRows();
}
