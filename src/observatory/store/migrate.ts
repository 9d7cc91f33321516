// Brings a store that an earlier version wrote to today's format, in one transaction: a crash in between leaves it as it was.
// Columns that were added since need no step of their own; every other change has one.
import type { DuckDBConnection } from "@duckdb/node-api";
import { MeshError } from "../../base/errors/index.ts";
import { type Columns, createTable, FIXED_TABLES, KIND_COLUMNS, KINDS, SERIES_COLUMNS } from "./format.ts";

/** Rises with each change of the tables that is more than another column. */
export const FORMAT = "2";

/** What rows have in columns that came later; NULL where nothing is said. A row stood for one exchange. */
const DEFAULTS: Readonly<Record<string, number>> = { weight: 1, confidence: 0 };

type Migration = {
  readonly from: string;
  readonly to: string;
  run(connection: DuckDBConnection, tables: readonly string[]): Promise<void>;
};

const MIGRATIONS: readonly Migration[] = [{ from: "1-2552fa4d9afb7f9b", to: "2", run: numberSeries }];

/** @returns the format that it had; undefined: the file is new
 *  @throws MeshError store_moved_aside when no step leads from its format to ours */
export async function migrate(connection: DuckDBConnection): Promise<string | undefined> {
  const found = await formatOf(connection);
  await connection.run("BEGIN");
  try {
    let tag = found ?? FORMAT;
    while (tag !== FORMAT) {
      const step = MIGRATIONS.find(({ from }) => from === tag);
      if (!step) throw new MeshError("store_moved_aside", `its format is ${found}, ours is ${FORMAT}`);
      await step.run(connection, await tableNames(connection));
      tag = step.to;
    }
    await complete(connection);
    await connection.run("DELETE FROM format");
    await connection.run(`INSERT INTO format VALUES ('${FORMAT}')`);
    await connection.run("COMMIT");
  } catch (thrown) {
    await connection.run("ROLLBACK").catch(() => {});
    throw thrown;
  }
  return found;
}

/** A store of that format can be opened. */
export function canBring(format: string): boolean {
  return format === FORMAT || MIGRATIONS.some(({ from }) => from === format);
}

async function formatOf(connection: DuckDBConnection): Promise<string | undefined> {
  const names = await tableNames(connection);
  if (names.length === 0) return undefined;
  if (!names.includes("format")) return "none";
  return String((await connection.runAndReadAll("SELECT tag FROM format")).getRows()[0]?.[0]);
}

async function tableNames(connection: DuckDBConnection): Promise<string[]> {
  const read = await connection.runAndReadAll("SELECT table_name FROM duckdb_tables()");
  return read.getRows().map(([name]) => String(name));
}

/** Adds tables and columns that are missing. */
async function complete(connection: DuckDBConnection): Promise<void> {
  const there = new Map<string, Set<string>>();
  const read = await connection.runAndReadAll("SELECT table_name, column_name FROM duckdb_columns()");
  for (const [table, column] of read.getRows()) {
    const columns = there.get(String(table)) ?? new Set();
    there.set(String(table), columns.add(String(column)));
  }
  for (const [table, columns] of Object.entries(FIXED_TABLES)) {
    if (there.has(table)) await addColumns(connection, table, columns, there.get(table));
    else await connection.run(createTable(table, columns));
  }
  for (const [table, columns] of there) {
    const kind = KINDS.find((one) => new RegExp(`^${one}_\\d+$`).test(table));
    if (kind) await addColumns(connection, table, KIND_COLUMNS[kind], columns);
  }
}

async function addColumns(
  connection: DuckDBConnection,
  table: string,
  wanted: Columns,
  there: ReadonlySet<string> | undefined,
): Promise<void> {
  for (const [name, type] of wanted) {
    const value = DEFAULTS[name] === undefined ? "" : `DEFAULT ${DEFAULTS[name]}`;
    if (!there?.has(name)) await connection.run(`ALTER TABLE "${table}" ADD COLUMN "${name}" ${type} ${value}`);
  }
}

/** 1 → 2: rollups named their series in each row, and knew neither route, method nor version. */
async function numberSeries(connection: DuckDBConnection, tables: readonly string[]): Promise<void> {
  const names = ["source", "source_namespace", "destination", "destination_namespace", "port", "protocol"];
  const ending = ["status_class", "error"];
  await connection.run(createTable("series", SERIES_COLUMNS));
  for (const table of tables) {
    const number = /^rollups_(\d+)$/.exec(table)?.[1];
    if (number === undefined) continue;
    await connection.run(
      `INSERT INTO series
       SELECT (SELECT coalesce(max(id), 0) FROM series) + row_number() OVER (), ${names}, '', '', '', ${ending}
       FROM (SELECT DISTINCT ${[...names, ...ending]} FROM "${table}"
             EXCEPT SELECT ${[...names, ...ending]} FROM series)`,
    );
    await connection.run(createTable(`tens_${number}`, KIND_COLUMNS.tens));
    await connection.run(
      `INSERT INTO "tens_${number}"
         (time, series, requests, attempts, duration_us, request_bytes, response_bytes, durations)
       SELECT time, id, requests, attempts, duration_us, request_bytes, response_bytes, durations
       FROM "${table}" JOIN series USING (${[...names, ...ending]})`,
    );
    await connection.run(`DROP TABLE "${table}"`);
  }
}
