// A store as a busy mesh leaves it, made straight in its tables: exchanges of the last hour, rollups of a week, a day of
// visitors.
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { seededRandom } from "../../src/base/random.ts";
import { encodeSketch } from "../../src/base/sketch.bytes.ts";
import { add, sketch } from "../../src/base/sketch.ts";
import { createTable, EXCHANGE_COLUMNS, KIND_COLUMNS } from "../../src/observatory/store/format.ts";
import { TIERS } from "../../src/observatory/store/tiers.ts";
import { fillTier } from "../support/rollup-tier.ts";

export const SERVICES = 17;
/** series of a service: callers, routes, outcomes */
export const SERIES_PER_SERVICE = 12;
const SKETCHES = 64;
/** 2 million visits, which is what is kept, beside 50 million exchanges */
const EXCHANGES_PER_VISIT = 25;
/** what a visitor asks for, in this order; half of them leave after each */
export const STEPS = ["GET /", "GET /product/{id}", "POST /cart", "POST /checkout"] as const;
const CALLS_PER_TRACE = 6;
/** seconds for which each tier has rows */
const KEPT_S = { tens: 6 * 3600, minutes: 3 * 86_400, hours: 7 * 86_400 } as const;

const SERIES = {
  count: SERVICES * SERIES_PER_SERVICE,
  requests: "2000",
  durationUs: "5e6",
  sketches: "bench_sketches",
  which: `id = (p * 31 + s) % ${SKETCHES}`,
};

/** `traceIds` are of exchanges all over the hour */
export type Filled = {
  readonly bytesPerExchange: number;
  readonly rollups: number;
  readonly traceIds: readonly string[];
};

/** @param directory of an observatory that was opened once, and closed */
export async function fill(directory: string, exchanges: number, nowS: number): Promise<Filled> {
  const instance = await DuckDBInstance.create(join(directory, "telemetry.duckdb"), {
    threads: "1",
    memory_limit: "512MB", // or what is freed afterwards would be taken for the observatory's
  });
  const connection = await instance.connect();
  await connection.run("SET preserve_insertion_order = false");
  await connection.run(
    `INSERT INTO peers SELECT i + 1, 1000 + i, 'bench', 'svc-' || i, 'svc-' || i || '-1', 'v1' FROM range(${SERVICES}) t(i)`,
  );
  await connection.run(
    `INSERT INTO series SELECT i + 1, 'svc-' || ((i * 7 + 1) % ${SERVICES}), 'bench', 'svc-' || (i % ${SERVICES}), 'bench', 8080,
       'http/1.1', '/route/' || (i // ${SERVICES} // 3), 'GET', 'v1', CASE WHEN i % 6 = 5 THEN 5 ELSE 2 END, ''
     FROM range(${SERVICES * SERIES_PER_SERVICE}) t(i)`,
  );
  await sketches(connection);
  let rollups = 0;
  for (const { kind, seconds } of TIERS) {
    rollups += await fillTier(connection, { kind, seconds, keptS: KEPT_S[kind], nowS }, SERIES);
  }
  await connection.run("CHECKPOINT");
  const before = await used(connection);
  await fillExchanges(connection, exchanges, nowS);
  await connection.run("CHECKPOINT");
  const traceIds = await someTraces(connection);
  const bytesPerExchange = ((await used(connection)) - before) / exchanges;
  await connection.run("DROP TABLE bench_sketches");
  await fillVisits(connection, Math.ceil(exchanges / EXCHANGES_PER_VISIT), nowS);
  await connection.run("CHECKPOINT");
  connection.closeSync();
  instance.closeSync();
  return { bytesPerExchange, rollups, traceIds };
}

async function sketches(connection: DuckDBConnection): Promise<void> {
  await connection.run("CREATE TABLE bench_sketches (id INTEGER, durations BLOB)");
  const appender = await connection.createAppender("bench_sketches");
  const random = seededRandom(1);
  for (let id = 0; id < SKETCHES; id++) {
    const one = sketch();
    for (let i = 0; i < 2_000; i++) add(one, 2_000 * Math.exp(gauss(random) * 0.5));
    appender.appendInteger(id);
    appender.appendBlob(encodeSketch(one));
    appender.endRow();
  }
  appender.closeSync();
}

/** mean 0, deviation 1 (Box and Muller) */
export function gauss(random: { unit(): number }): number {
  return Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
}

/** of the last hour, between services drawn at random */
export async function fillExchanges(
  connection: DuckDBConnection,
  exchanges: number,
  nowS: number,
  services = SERVICES,
): Promise<void> {
  const expressions: Readonly<Record<string, string>> = {
    ordinal: `${nowS - 3600}000000 + i * 3600000000 // ${exchanges}`,
    time: `make_timestamp(${nowS - 3600}000000 + i * 3600000000 // ${exchanges})`,
    source: `1 + (hash(i) % ${services})`,
    destination: `1 + (hash(i + 1) % ${services})`,
    error: "0",
    path: `'/items/' || (hash(i) % 5000)`,
    authority: "''",
    status: "CASE WHEN hash(i) % 100 = 0 THEN 503 ELSE 200 END",
    protocol: "1",
    method: "1",
    port: "8080",
    end: "1000 + hash(i + 2) % 20000",
    ...Object.fromEntries(TRACE.map((name, at) => [name, `hash((i // ${CALLS_PER_TRACE}) * 8 + ${at}) >> 32`])),
    ...Object.fromEntries(
      ["client0", "client1", "server0", "server1"].map((name, at) => [name, `hash(i * 8 + ${4 + at}) >> 32`]),
    ),
    // each but the first of a trace is the first one's call
    ...Object.fromEntries(
      ["parent0", "parent1"].map((name, at) => [
        name,
        `CASE WHEN i % ${CALLS_PER_TRACE} = 0 THEN 0 ELSE hash((i // ${CALLS_PER_TRACE} * ${CALLS_PER_TRACE}) * 8 + ${6 + at}) >> 32 END`,
      ]),
    ),
    confidence: "0.9",
    weight: "1",
  };
  const each = EXCHANGE_COLUMNS.map(([name, type]) => `(${expressions[name] ?? "0"})::${type} AS "${name}"`);
  const perTable = 1_000_000;
  for (let table = 1; (table - 1) * perTable < exchanges; table++) {
    const [from, to] = [(table - 1) * perTable, Math.min(table * perTable, exchanges)];
    await connection.run(createTable(`exchanges_${table}`, EXCHANGE_COLUMNS));
    await connection.run(`INSERT INTO "exchanges_${table}" SELECT ${each.join(", ")} FROM range(${from}, ${to}) t(i)`);
  }
}

const TRACE = ["trace0", "trace1", "trace2", "trace3"] as const;

async function someTraces(connection: DuckDBConnection): Promise<string[]> {
  const tables = await connection.runAndReadAll(
    "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'exchanges_%' ORDER BY table_name",
  );
  const found: string[] = [];
  for (const [table] of tables.getRows()) {
    const read = await connection.runAndReadAll(`SELECT ${TRACE} FROM "${table}" LIMIT 1 OFFSET 1000`);
    found.push((read.getRows()[0] ?? []).map((word) => Number(word).toString(16).padStart(8, "0")).join(""));
  }
  return found;
}

async function fillVisits(connection: DuckDBConnection, visits: number, nowS: number): Promise<void> {
  const sessions = Math.ceil(visits / 2); // 1 + 1/2 + 1/4 + 1/8 requests each
  const expressions: Readonly<Record<string, string>> = {
    time: `make_timestamp(${nowS - 86_400}000000 + (s * 86000000000 // ${sessions}) + k * 20000000)`,
    visitor0: "hash(s // 3) >> 32",
    visitor1: "hash(s // 3 + 1) >> 32",
    joins0: "NULL",
    joins1: "NULL",
    visit: "0",
    namespace: "'bench'",
    service: "'svc-1'",
    route: `CASE k ${STEPS.map((route, k) => `WHEN ${k} THEN '${route}'`).join(" ")} END`,
    status: "200",
    latency_ms: "5 + hash(s) % 100",
    version: "'v1'",
    workload: "'svc-1-1'",
    culprit: "''",
    item: "''",
    from_route: "''",
    to_route: "''",
  };
  const each = KIND_COLUMNS.visits.map(([name, type]) => `(${expressions[name]})::${type} AS "${name}"`);
  await connection.run(createTable("visits_1", KIND_COLUMNS.visits));
  await connection.run(
    `INSERT INTO visits_1 SELECT ${each.join(", ")} FROM range(${sessions}) a(s), range(${STEPS.length}) b(k)
     WHERE hash(s) % (1 << k) = 0 ORDER BY 1`,
  );
}

async function used(connection: DuckDBConnection): Promise<number> {
  const read = await connection.runAndReadAll("SELECT block_size * used_blocks FROM pragma_database_size()");
  return Number(read.getRows()[0]?.[0] ?? 0);
}
