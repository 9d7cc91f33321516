// Visits in the store: one row each, appended as they come and read back when a process starts.
import type { DuckDBAppender, DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { DuckDBTimestampValue } from "@duckdb/node-api";
import type { WhomToForget } from "../../model/visits.ts";
import type { Forgotten } from "../visits/forgotten.ts";
import type { Visit } from "../visits/rows.ts";
import type { Shelves } from "./shelves.ts";

export function appendVisits(to: DuckDBAppender, visits: readonly Visit[]): void {
  for (const one of visits) {
    to.appendTimestamp(new DuckDBTimestampValue(BigInt(Math.floor(one.atMs * 1000))));
    to.appendUInteger(one.visitor[0]);
    to.appendUInteger(one.visitor[1]);
    for (const word of [0, 1] as const) {
      if (one.joins) to.appendUInteger(one.joins[word]);
      else to.appendNull();
    }
    to.appendUInteger(one.visit);
    const { place, server } = one;
    for (const text of [place.namespace, place.service, place.route]) to.appendVarchar(text);
    to.appendUSmallInt(one.status);
    to.appendFloat(one.latencyMs);
    for (const text of [server.version, server.workload, one.culprit, one.item, one.from, one.to])
      to.appendVarchar(text);
    to.endRow();
  }
}

const READ = `epoch_us(time)::DOUBLE, visitor0, visitor1, joins0, joins1, visit, namespace, service, route, status, latency_ms,
  version, workload, culprit, item, from_route, to_route`;

/** Calls `take` with what is stored, the newest `most` rows, oldest first. */
export async function readVisits(
  connection: DuckDBConnection,
  shelves: Shelves,
  most: number,
  take: (visits: readonly Visit[]) => void,
): Promise<void> {
  const wanted: string[] = [];
  let left = most;
  for (const { table, rows } of shelves.of("visits")) {
    if (left <= 0) break;
    wanted.unshift(`SELECT ${READ} FROM "${table}" ORDER BY rowid OFFSET ${Math.max(0, rows - left)}`);
    left -= rows;
  }
  for (const sql of wanted) {
    const rows = await connection.stream(sql);
    for (;;) {
      const chunk = await rows.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      take(chunk.getRows().map(visit));
    }
  }
}

function visit(row: DuckDBValue[]): Visit {
  const number = (at: number) => Number(row[at]);
  const text = (at: number) => String(row[at] ?? "");
  return {
    atMs: number(0) / 1000,
    visitor: [number(1), number(2)],
    joins: row[3] === null ? undefined : [number(3), number(4)],
    visit: number(5),
    place: { namespace: text(6), service: text(7), route: text(8) },
    status: number(9),
    latencyMs: number(10),
    server: { version: text(11), workload: text(12) },
    culprit: text(13),
    item: text(14),
    from: text(15),
    to: text(16),
  };
}

/**
 * Nothing is there afterwards of what they did until then, nor of whoever they are known to be as well: there is more in the store
 * than in memory. @returns all of them
 */
export async function forgetVisits(
  connection: DuckDBConnection,
  shelves: Shelves,
  { whom, untilMs }: Forgotten,
): Promise<WhomToForget> {
  if (whom.length === 0) return whom;
  const tables = shelves.of("visits").map(({ table }) => table);
  const all = whom === "everybody" ? whom : await connected(connection, tables, whom);
  const theirs = all === "everybody" ? "" : `AND (visitor0, visitor1) IN (${all.map(pair).join(", ")})`;
  for (const table of tables) {
    await connection.run(`DELETE FROM "${table}" WHERE epoch_ms(time) < ${Math.ceil(untilMs)} ${theirs}`);
  }
  // what was deleted stays in the file until its blocks are written anew
  await connection.run("CHECKPOINT");
  return all;
}

/** Sessions that replaced each other, and keys of other days. */
async function connected(
  connection: DuckDBConnection,
  tables: readonly string[],
  keys: readonly string[],
): Promise<string[]> {
  const found = new Set(keys);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    const list = [...found].map(pair).join(", ");
    for (const table of tables) {
      const rows = await connection.runAndReadAll(
        `SELECT DISTINCT visitor0, visitor1, joins0, joins1 FROM "${table}" WHERE joins0 IS NOT NULL
         AND ((visitor0, visitor1) IN (${list}) OR (joins0, joins1) IN (${list}))`,
      );
      for (const [visitor0, visitor1, joins0, joins1] of rows.getRows()) {
        found.add(hex(visitor0, visitor1)).add(hex(joins0, joins1));
      }
    }
  }
  return [...found];
}

function pair(key: string): string {
  return `(${Number.parseInt(key.slice(0, 8), 16)}, ${Number.parseInt(key.slice(8), 16)})`;
}

function hex(...words: readonly [DuckDBValue | undefined, DuckDBValue | undefined]): string {
  return words.map((word) => Number(word).toString(16).padStart(8, "0")).join("");
}
