// The search through the tables of exchanges, newest first.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { peerNames } from "../names.ts";
import type { TapFilter } from "../query/condition.ts";
import { routeBook } from "../routes/book.ts";
import { errorIds } from "./error-ids.ts";
import { isMeant, sqlCondition } from "./exchange-condition.ts";
import { createTable, EXCHANGE_COLUMNS } from "./format.ts";
import { peerIds } from "./peer-ids.ts";
import { type ReadExchangesDeps, readExchanges } from "./read-exchanges.ts";

const TABLES = ["exchanges_1", "exchanges_2", "exchanges_3"] as const;
const ROWS = 100;

let instance: DuckDBInstance;
let connection: DuckDBConnection;
let deps: ReadExchangesDeps;

beforeAll(async () => {
  instance = await DuckDBInstance.create();
  connection = await instance.connect();
  for (const [at, table] of TABLES.entries()) {
    await connection.run(createTable(table, EXCHANGE_COLUMNS));
    // exchange n ends at n s, lasts 1 ms, comes in at its end, and is of trace 00…0n
    const columns = EXCHANGE_COLUMNS.map(([name, type]) => `(${VALUES[name] ?? "0"})::${type}`);
    await connection.run(
      `INSERT INTO "${table}" SELECT ${columns} FROM range(${at * ROWS + 1}, ${(at + 1) * ROWS + 1}) t(n)`,
    );
  }
  const names = peerNames(routeBook());
  const shelves = { of: () => TABLES.map((table) => ({ table })).reverse() };
  deps = {
    ...{ connection, names, errorIds: errorIds([]), peerIds: peerIds(names, []) },
    shelves: shelves as unknown as ReadExchangesDeps["shelves"],
  };
});

afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const VALUES: Readonly<Record<string, string>> = {
  ordinal: "n * 1000000",
  time: "make_timestamp(n * 1000000 - 1000)",
  end: "1000",
  path: "'/items/' || n",
  authority: "'cart'",
  trace3: "n",
  protocol: "1",
  method: "1",
};

const always = () => true;
const traceOf = (n: number) => n.toString(16).padStart(32, "0");

async function search(filter: TapFilter, wanted: { readonly limit?: number; readonly mayGoOn?: () => boolean } = {}) {
  const ids = { peers: () => [0], error: () => undefined, rules: () => [] };
  const { limit = 1_000, mayGoOn = always } = wanted;
  const wantedRows = { before: 1e15, limit, isIt: isMeant(filter), mayGoOn };
  const { rows, from } = await readExchanges(deps, sqlCondition(filter, ids), wantedRows);
  return { found: rows.map(({ ordinal }) => ordinal / 1e6), from };
}

test("the newest come first, from as many tables as it takes", async () => {
  const { found } = await search({}, { limit: 150 });
  expect(found).toEqual(Array.from({ length: 150 }, (_, i) => 300 - i));
});

test("a window is that of the ends", async () => {
  expect((await search({ fromUs: 99e6, toUs: 102e6 })).found).toEqual([101, 100, 99]);
});

test("tables that have nothing of a window are not asked", async () => {
  const beside = [
    { table: "none_later", seen: { beganUs: 310e6, cameUs: 400e6 } },
    ...TABLES.map((table) => ({ table })).reverse(),
    { table: "none_before", seen: { beganUs: -100e6, cameUs: -10e6 } },
  ];
  const find = async (filter: TapFilter) => {
    const ids = { peers: () => [0], error: () => undefined, rules: () => [] };
    const shelves = { of: () => beside } as unknown as ReadExchangesDeps["shelves"];
    const wanted = { before: 1e15, limit: 1_000, isIt: isMeant(filter), mayGoOn: always };
    const { rows } = await readExchanges({ ...deps, shelves }, sqlCondition(filter, ids), wanted);
    return rows.map(({ ordinal }) => ordinal / 1e6);
  };

  expect(await find({ fromUs: 99e6, toUs: 102e6 })).toEqual([101, 100, 99]);
  expect(await find({ traces: [{ id: traceOf(120), fromUs: 110e6, toUs: 130e6 }] })).toEqual([120]);
  expect(find({})).rejects.toThrow("none_later");
});

test("traces are found by their ids, each in its own window", async () => {
  const traces = [{ id: traceOf(7) }, { id: traceOf(250), fromUs: 249e6 }, { id: traceOf(120), toUs: 110e6 }];
  expect((await search({ traces })).found).toEqual([250, 7]);
});

test("each of traces whose windows overlap has its own", async () => {
  const traces = [
    { id: traceOf(120), fromUs: 100e6, toUs: 140e6 },
    { id: traceOf(130), fromUs: 110e6, toUs: 150e6 },
    { id: traceOf(105), fromUs: 110e6, toUs: 150e6 }, // it ended before
  ];
  expect((await search({ traces })).found).toEqual([130, 120]);
});

test("a trace whose id ends as that of another is another one", async () => {
  const other = `1${traceOf(7).slice(1)}`;
  expect((await search({ traces: [{ id: other }] })).found).toEqual([]);
});

test("a search that has taken long enough says from where on it looked", async () => {
  let looks = 0;
  const mayGoOn = () => looks++ < 2;

  const { found, from } = await search({ pathPrefix: "/items/5" }, { mayGoOn });

  expect(found).toEqual([]);
  expect(from).toBe(100e6 + 1); // two of the three tables
});

test("a search that went through all says nothing of that", async () => {
  expect(await search({ pathPrefix: "/items/5" })).toEqual({
    found: [59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 5],
    from: undefined,
  });
});
