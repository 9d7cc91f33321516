// Answers one SQL question from a copy of the store, in a process of its own that may be killed: a scalar function such as
// repeat() takes what memory it wants and heeds no interrupt.
import { type DuckDBConnection, DuckDBInstance, StatementType } from "@duckdb/node-api";
import { views } from "./views.ts";

export type SqlQuestion = { readonly file: string; readonly sql: string; readonly mostRows: number };

export type SqlAnswer = {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  /** there was more */
  readonly isCut: boolean;
};

export type SqlOutcome = SqlAnswer | { readonly error: string };

const MEMORY_LIMIT = "256MB";
const MOST_BYTES = 16 << 20;

/** Never throws: what DuckDB says of the question is the outcome. */
export async function answerSql({ file, sql, mostRows }: SqlQuestion): Promise<SqlOutcome> {
  try {
    const instance = await DuckDBInstance.create(file, {
      access_mode: "READ_ONLY",
      memory_limit: MEMORY_LIMIT,
      threads: "1",
      // neither files nor extensions; a query larger than its memory is refused, not spilled
      enable_external_access: "false",
      max_temp_directory_size: "0KB",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    const connection = await instance.connect();
    const tables = await connection.runAndReadAll("SELECT table_name, current_database() FROM duckdb_tables()");
    const found = tables.getRows().map((row) => row.map(String) as [table: string, database: string]);
    const names = found.map(([table]) => table);
    for (const view of views(names, found[0]?.[1] ?? "memory")) await connection.run(view);
    await connection.run("SET lock_configuration = true");
    return await select(connection, sql, mostRows);
  } catch (thrown) {
    return { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

async function select(connection: DuckDBConnection, sql: string, mostRows: number): Promise<SqlOutcome> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) return { error: `one SELECT at a time, not ${statements.count} statements` };
  const prepared = await statements.prepare(0);
  if (prepared.statementType !== StatementType.SELECT) return { error: "only SELECT is answered" };

  const result = await prepared.stream();
  const columns = result.columnNames().map((name, index) => ({ name, type: String(result.columnType(index)) }));
  const rows: unknown[][] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return { columns, rows, isCut: false };
    for (const row of chunk.getRows()) {
      const values = row.map(plain);
      bytes += JSON.stringify(values).length;
      if (rows.length >= mostRows || bytes > MOST_BYTES) return { columns, rows, isCut: true };
      rows.push(values);
    }
  }
}

/** A value as JSON has it; whatever JSON has no type for is its text. */
function plain(value: unknown): unknown {
  if (value === null || typeof value === "number" || typeof value === "string" || typeof value === "boolean") {
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  }
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return String(value);
}
