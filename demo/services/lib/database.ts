// The database of a service: PostgreSQL when DATABASE names one, else a SQLite file of its own. Both speak the same SQL here.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";

export type Database = {
  /** for reading; a write that must not be mixed with others goes through `write` */
  readonly sql: SQL;
  /** one transaction: all of it is stored or nothing */
  write<T>(change: (sql: SQL) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/**
 * @param name of the SQLite file
 * @param prepare makes tables that are missing; runs alone, also among replicas
 */
export async function openDatabase(name: string, prepare: (sql: SQL) => Promise<void>): Promise<Database> {
  const url = process.env.DATABASE;
  return url ? await openPostgres(url, prepare) : await openSqlite(name, prepare);
}

async function openPostgres(url: string, prepare: (sql: SQL) => Promise<void>): Promise<Database> {
  const first = new SQL(url, { max: 1, connectionTimeout: 10 });
  await first.begin(async (sql) => {
    await sql`SELECT pg_advisory_xact_lock(1)`;
    await prepare(sql);
  });
  await first.close();
  // Few, because a new one costs the database a process; renewed now and then, so that they find one that has moved.
  const sql = new SQL(url, { max: 2, connectionTimeout: 5, idleTimeout: 100, maxLifetime: 120 });
  return { sql, write: (change) => sql.begin(change), close: () => sql.close({ timeout: 1 }) };
}

async function openSqlite(name: string, prepare: (sql: SQL) => Promise<void>): Promise<Database> {
  const folder = process.env.DATA_DIR ?? "/tmp/meshwise-shop";
  mkdirSync(folder, { recursive: true });
  const sql = new SQL(`sqlite://${join(folder, `${name}.db`)}`);
  await sql`PRAGMA busy_timeout = 5000`;
  await sql`PRAGMA journal_mode = WAL`;
  await sql`PRAGMA synchronous = FULL`;
  // IMMEDIATE: a transaction that reads first could otherwise fail at its first write, another replica having written
  const write: Database["write"] = (change) => sql.begin("IMMEDIATE", change);
  await write(prepare);
  return { sql, write, close: () => sql.close() };
}
