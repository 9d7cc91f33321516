// The commands of Redis that the shop uses, on a SQLite file that is synchronised before anyone is answered.
import { Database } from "bun:sqlite";
import type { Reply } from "./resp.ts";

export type Commands = {
  run(words: readonly string[]): Reply;
  /** forgets what has expired and nobody asked for */
  sweep(): void;
  close(): void;
};

const OK = { ok: "OK" } as const;

/** @param now ms since 1970 */
export function openCommands(path: string, now: () => number = Date.now): Commands {
  const db = new Database(path, { create: true });
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA synchronous = FULL");
  // a string is a hash with one field without a name
  db.run(
    "CREATE TABLE IF NOT EXISTS fields (key TEXT, field TEXT, value TEXT, PRIMARY KEY (key, field)) WITHOUT ROWID",
  );
  db.run("CREATE TABLE IF NOT EXISTS items (place INTEGER PRIMARY KEY, key TEXT, value TEXT)");
  db.run("CREATE INDEX IF NOT EXISTS items_by_key ON items (key, place)");
  db.run("CREATE TABLE IF NOT EXISTS expiries (key TEXT PRIMARY KEY, at INTEGER) WITHOUT ROWID");

  const all = <T>(sql: string, ...values: (string | number)[]) => db.query(sql).all(...values) as T[];
  const change = (sql: string, ...values: (string | number)[]) => db.query(sql).run(...values).changes;
  const value = (key: string, field: string) =>
    all<{ value: string }>("SELECT value FROM fields WHERE key = ? AND field = ?", key, field)[0]?.value;
  const put = (key: string, field: string, text: string) =>
    change("INSERT INTO fields VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, field, text);

  function remove(key: string): number {
    const gone = change("DELETE FROM fields WHERE key = ?", key) + change("DELETE FROM items WHERE key = ?", key);
    change("DELETE FROM expiries WHERE key = ?", key);
    return gone > 0 ? 1 : 0;
  }

  function sweep(): void {
    for (const { key } of all<{ key: string }>("SELECT key FROM expiries WHERE at <= ?", now())) remove(key);
  }

  function expire(key: string, seconds: string | undefined): number {
    const there = value(key, "") ?? all("SELECT 1 FROM fields WHERE key = ? LIMIT 1", key)[0];
    if (there === undefined) return 0;
    return change("INSERT OR REPLACE INTO expiries VALUES (?, ?)", key, now() + whole(seconds) * 1000);
  }

  function set(key: string, text: string, flags: readonly string[]): Reply {
    const names = flags.map((flag) => flag.toUpperCase());
    if (names.includes("NX") && value(key, "") !== undefined) return null;
    const seconds = names.includes("EX") ? whole(flags[names.indexOf("EX") + 1]) : undefined;
    remove(key);
    put(key, "", text);
    if (seconds !== undefined) expire(key, String(seconds));
    return OK;
  }

  /** the left end of a list has the highest place */
  function push(key: string, text: string): void {
    change("INSERT INTO items (key, value) VALUES (?, ?)", key, text);
  }

  function moveLast(from: string, to: string): Reply {
    const [last] = all<{ place: number; value: string }>(
      "SELECT place, value FROM items WHERE key = ? ORDER BY place LIMIT 1",
      from,
    );
    if (!last) return null;
    change("DELETE FROM items WHERE place = ?", last.place);
    push(to, last.value);
    return last.value;
  }

  function length(key: string): number {
    return all<{ n: number }>("SELECT COUNT(*) AS n FROM items WHERE key = ?", key)[0]?.n ?? 0;
  }

  function fieldsOf(key: string): { field: string; value: string }[] {
    return all("SELECT field, value FROM fields WHERE key = ? ORDER BY field", key);
  }

  const commands: Readonly<Record<string, readonly [least: number, (...words: string[]) => Reply]>> = {
    PING: [0, () => ({ ok: "PONG" })],
    SELECT: [1, () => OK],
    GET: [1, (key) => value(key, "") ?? null],
    SET: [2, (key, text, ...flags) => set(key, text, flags)],
    DEL: [1, (...keys) => keys.reduce((sum, key) => sum + remove(key), 0)],
    EXPIRE: [2, expire],
    HGETALL: [1, (key) => ({ pairs: fieldsOf(key).map((row) => [row.field, row.value] as const) })],
    HLEN: [1, (key) => fieldsOf(key).length],
    HSET: [
      3,
      (key, field, text) => {
        const isNew = value(key, field) === undefined;
        put(key, field, text);
        return isNew ? 1 : 0;
      },
    ],
    HINCRBY: [
      3,
      (key, field, by) => {
        const sum = whole(value(key, field) ?? "0") + whole(by);
        put(key, field, String(sum));
        return sum;
      },
    ],
    HDEL: [
      2,
      (key, ...fields) =>
        fields.reduce((sum, field) => sum + change("DELETE FROM fields WHERE key = ? AND field = ?", key, field), 0),
    ],
    LPUSH: [
      2,
      (key, ...texts) => {
        for (const text of texts) push(key, text);
        return length(key);
      },
    ],
    LLEN: [1, length],
    LRANGE: [
      3,
      (key, from, to) =>
        range(all<{ value: string }>("SELECT value FROM items WHERE key = ? ORDER BY place DESC", key), from, to),
    ],
    LREM: [
      3,
      (key, count, text) =>
        change(
          "DELETE FROM items WHERE place IN (SELECT place FROM items WHERE key = ? AND value = ? ORDER BY place DESC LIMIT ?)",
          ...([key, text, Math.abs(whole(count)) || -1] as const),
        ),
    ],
    LTRIM: [
      3,
      (key, _from, to) => {
        change(
          "DELETE FROM items WHERE key = ? AND place NOT IN (SELECT place FROM items WHERE key = ? ORDER BY place DESC LIMIT ?)",
          key,
          key,
          whole(to) + 1,
        );
        return OK;
      },
    ],
    RPOPLPUSH: [2, moveLast],
  };

  return {
    run([name = "", ...words]) {
      const command = commands[name.toUpperCase()];
      if (!command) return { error: `unknown command '${name}'` };
      const [least, act] = command;
      if (words.length < least) return { error: `wrong number of arguments for '${name.toLowerCase()}'` };
      return db.transaction(() => {
        sweep();
        return act(...words);
      })();
    },
    sweep,
    close: () => db.close(),
  };
}

function range(
  rows: readonly { readonly value: string }[],
  from: string | undefined,
  to: string | undefined,
): string[] {
  const end = whole(to);
  return rows.slice(whole(from), end < 0 ? rows.length + end + 1 : end + 1).map((row) => row.value);
}

function whole(text: string | undefined): number {
  const value = Number(text);
  if (text !== undefined && Number.isSafeInteger(value)) return value;
  throw new Error("value is not an integer or out of range");
}
