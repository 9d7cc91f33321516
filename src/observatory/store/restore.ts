// Takes up what an earlier process has stored: names, batches already counted, losses, since when there are figures.
// And mends the rollups of the seconds before a crash: exchanges are written each second, rollups when their period ends.
import type { DuckDBConnection } from "@duckdb/node-api";
import { ERROR_CODES } from "../../base/errors/index.ts";
import { CHANGE_KINDS, type Change } from "../../model/change.ts";
import { FLAG, type SpanColumn } from "../../model/span.ts";
import { REMEMBERED_CHANGES } from "../changes/changes.ts";
import type { BatchId } from "../ingest/dedupe.ts";
import { type Live, PERIOD_S } from "../live/live.ts";
import { LOSS_REASONS, type Loss } from "../live/losses.ts";
import { type Ends, hostOf, outcome, type SeriesBook } from "../live/series.ts";
import type { Columns } from "../live/sums.ts";
import type { Names } from "../names.ts";
import type { RouteBook, ToldRoute } from "../routes/book.ts";
import { type ErrorIds, errorIds } from "./error-ids.ts";
import { PLAIN_COLUMNS, SERIES_COLUMNS } from "./format.ts";
import { type PeerIds, peerIds } from "./peer-ids.ts";
import { type RuleNames, ruleNames } from "./rule-names.ts";
import { type SeriesIds, type StoredSeries, seriesIds } from "./series-ids.ts";
import type { Shelves } from "./shelves.ts";
import { TIERS } from "./tiers.ts";
import { type ToldRoutes, toldRoutes } from "./told-routes.ts";

export type Restored = {
  readonly peerIds: PeerIds;
  readonly errorIds: ErrorIds;
  readonly ruleNames: RuleNames;
  readonly toldRoutes: ToldRoutes;
  readonly seriesIds: SeriesIds;
  readonly batches: readonly BatchId[];
  readonly losses: readonly Loss[];
  readonly changes: readonly Change[];
  readonly lossCounters: ReadonlyMap<string, { ring: number; upload: number }>;
  /** µs since the epoch of the oldest figures; undefined: there are none */
  readonly oldestUs: number | undefined;
};

export async function restore(
  connection: DuckDBConnection,
  shelves: Shelves,
  { names, routes }: { readonly names: Names; readonly routes: RouteBook },
): Promise<Restored> {
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
  let oldestUs: number | undefined;
  const withFigures = [...TIERS.flatMap(({ kind }) => shelves.of(kind)), ...shelves.of("exchanges")];
  for (const { table } of withFigures) {
    const [oldest] = (await rows(`SELECT epoch_us(min(time))::DOUBLE FROM "${table}"`))[0] ?? [];
    if (typeof oldest === "number") oldestUs = Math.min(oldestUs ?? oldest, oldest);
  }
  await connection.run("DELETE FROM batches WHERE time < (SELECT max(time) FROM batches) - INTERVAL 1 HOUR");
  await connection.run("DELETE FROM losses WHERE time < (SELECT max(time) FROM losses) - INTERVAL 7 DAY");
  await connection.run("DELETE FROM changes WHERE time < (SELECT max(time) FROM changes) - INTERVAL 30 DAY");
  const changeRows = await rows(
    `SELECT epoch_us(time), kind, namespace, service, workload, version, text FROM changes
     ORDER BY time DESC, rowid DESC LIMIT ${REMEMBERED_CHANGES / 2}`,
  );
  const lossRows = await rows("SELECT epoch_us(time), reason, spans FROM losses ORDER BY time DESC LIMIT 5000");
  return {
    oldestUs,
    peerIds: peerIds(
      names,
      (await rows("SELECT id, key, namespace, service, workload, version FROM peers ORDER BY id")).map((row) => ({
        stored: Number(row[0]),
        key: Number(row[1]),
        namespace: String(row[2]),
        service: String(row[3]),
        workload: String(row[4]),
        version: String(row[5]),
      })),
    ),
    errorIds: errorIds(
      (await rows("SELECT id, code FROM error_codes")).map(([id, code]) => ({ id: Number(id), code: String(code) })),
    ),
    ruleNames: ruleNames(
      names,
      (await rows("SELECT key, name, counted_as FROM rules ORDER BY rowid")).map(
        ([key, name, as]) => [Number(key), { name: String(name), ...(as ? { countedAs: String(as) } : {}) }] as const,
      ),
    ),
    seriesIds: seriesIds(await readSeries(connection, shelves)),
    toldRoutes: toldRoutes(routes, await readRoutes(connection)),
    batches: (await rows("SELECT agent, sequence, hash FROM batches ORDER BY time")).map(([agent, sequence, hash]) => ({
      agent: String(agent),
      sequence: Number(sequence),
      hash: String(hash),
    })),
    losses: lossRows.reverse().flatMap(([atUs, reason, spans]) => {
      const known = LOSS_REASONS.find((one) => one === reason);
      return known ? [{ atUs: Number(atUs), reason: known, spans: Number(spans) }] : [];
    }),
    changes: changeRows.reverse().flatMap(([atUs, kind, namespace, service, workload, version, text]) => {
      const known = CHANGE_KINDS.find((one) => one === kind);
      if (!known) return [];
      const name = { namespace: String(namespace), service: String(service), workload: String(workload) };
      return [{ atUs: Number(atUs), kind: known, ...name, version: String(version), text: String(text) }];
    }),
    lossCounters: new Map(
      (await rows("FROM loss_counters")).map(([agent, ring, upload]) => [
        String(agent),
        { ring: Number(ring), upload: Number(upload) },
      ]),
    ),
  };
}

/** Only those that a row of rollups still names: versions and routes come and go. */
async function readSeries(connection: DuckDBConnection, shelves: Shelves): Promise<StoredSeries[]> {
  const named = TIERS.flatMap(({ kind }) => shelves.of(kind)).map(({ table }) => `SELECT series FROM "${table}"`);
  await connection.run(`DELETE FROM series WHERE id NOT IN (${named.join(" UNION ALL ") || "SELECT 0"})`);
  const read = await connection.runAndReadAll(`SELECT ${SERIES_COLUMNS.map(([name]) => name)} FROM series`);
  return read.getRows().map((row) => {
    const text = (column: number) => String(row[column] ?? "");
    return {
      id: Number(row[0]),
      source: text(1),
      sourceNamespace: text(2),
      destination: text(3),
      destinationNamespace: text(4),
      port: Number(row[5]),
      protocol: text(6),
      route: text(7),
      method: text(8),
      version: text(9),
      statusClass: Number(row[10]),
      error: text(11),
    };
  });
}

/** Those that nothing is counted under any more make room for others. */
async function readRoutes(connection: DuckDBConnection): Promise<ToldRoute[]> {
  await connection.run(
    `DELETE FROM routes WHERE folded = '' AND name NOT IN (SELECT route FROM series)
     AND name NOT IN (SELECT folded FROM routes)`,
  );
  const read = await connection.runAndReadAll("SELECT namespace, service, name, folded FROM routes ORDER BY rowid");
  return read.getRows().map(([namespace, service, name, folded]) => ({
    ...{ namespace: String(namespace), service: String(service), name: String(name), folded: String(folded) },
  }));
}

export type MendDeps = {
  readonly connection: DuckDBConnection;
  readonly shelves: Shelves;
  readonly ends: Ends;
  readonly book: SeriesBook;
  readonly names: Pick<Names, "routeOf">;
  readonly live: Live;
  readonly peerIds: PeerIds;
  readonly errorIds: ErrorIds;
};

/** copies of requests are in no figure */
const COUNTED = `flags & ${FLAG.mirrored} = 0`;

/** Counts anew every period of which the store has more exchanges than its rollups say. Returns how many periods. */
export async function mendRollups(deps: MendDeps): Promise<number> {
  const exchanges = await countByPeriod(
    deps,
    "exchanges",
    `(epoch_us(time) + "end") // ${PERIOD_S}000000`,
    `CASE WHEN ${COUNTED} THEN 1 ELSE 0 END`,
  );
  const rollups = await countByPeriod(deps, "tens", `epoch_us(time) // ${PERIOD_S}000000`, "requests + attempts");
  const broken = [...exchanges]
    .filter(([period, count]) => count > (rollups.get(period) ?? 0))
    .map(([period]) => period);
  if (broken.length === 0) return 0;

  // in memory first: were we killed between the two, the next start would find the same and do the same
  for (const period of broken) await recount(deps, period);
  const starts = broken.map((period) => `make_timestamp(${period * PERIOD_S}000000)`).join(", ");
  for (const { table } of deps.shelves.of("tens")) {
    await deps.connection.run(`DELETE FROM "${table}" WHERE time IN (${starts})`);
  }
  await rollAnew(deps, Math.min(...broken) * PERIOD_S);
  return broken.length;
}

/** Coarser rows of that time and later are made anew. */
async function rollAnew({ connection, shelves }: MendDeps, fromS: number): Promise<void> {
  for (const { kind, seconds } of TIERS.slice(1)) {
    const from = fromS - (fromS % seconds);
    if (shelves.spans()[kind].until <= from) continue;
    for (const { table } of shelves.of(kind)) {
      await connection.run(`DELETE FROM "${table}" WHERE time >= make_timestamp(${from}000000)`);
    }
    await shelves.markUntil(kind, from);
  }
}

async function countByPeriod(
  { connection, shelves }: MendDeps,
  kind: "exchanges" | "tens",
  period: string,
  amount: string,
): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for (const { table } of shelves.of(kind)) {
    const read = await connection.runAndReadAll(`SELECT ${period}, sum(${amount})::DOUBLE FROM "${table}" GROUP BY 1`);
    for (const [at, count] of read.getRows()) {
      counts.set(Number(at), (counts.get(Number(at)) ?? 0) + Number(count));
    }
  }
  return counts;
}

async function recount(deps: MendDeps, period: number): Promise<void> {
  const { connection, shelves, ends, book, live, peerIds, errorIds } = deps;
  const numberOf = new Map<number, number>();
  ERROR_CODES.forEach((_, index) => {
    numberOf.set(errorIds.byNumber()[index + 1] as number, index + 1);
  });
  const start = period * PERIOD_S;
  const names = PLAIN_COLUMNS.map((name) => `"${name}"`).join(", ");
  const columns: Partial<Record<SpanColumn, number[]>> = {};
  for (const { table } of shelves.of("exchanges")) {
    const rows = await connection.stream(
      `SELECT source, destination, error, authority, weight, path, ${names}
       FROM "${table}" WHERE ${COUNTED} AND (epoch_us(time) + "end") // ${PERIOD_S}000000 = ${period}`,
    );
    for (;;) {
      const chunk = await rows.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      for (const row of chunk.getRows()) {
        PLAIN_COLUMNS.forEach((name, index) => {
          columns[name] = [Number(row[6 + index])];
        });
        const exchange = columns as Columns;
        const number = (name: SpanColumn) => exchange[name][0] as number;
        const from = peerIds.peerOf(Number(row[0]));
        const to = peerIds.peerOf(Number(row[1]));
        const isEgress = to.id === 0 && (number("flags") & FLAG.egress) !== 0;
        const called = isEgress ? ends.outside(hostOf(String(row[3]))) : ends.of(to.service, to.namespace);
        const series = book.find(
          book.edge(ends.of(from.service, from.namespace), called, number("port"), number("protocol")),
          // learned when it came; what had no route then has none now
          deps.names.routeOf(
            {
              ...{ namespace: called.namespace, service: called.name, path: String(row[5]) },
              ...{ method: number("method"), rule: number("rule"), flags: number("flags") },
            },
            false,
          ),
          number("method"),
          book.version(to.version),
          outcome(number("status"), numberOf.get(Number(row[2])) ?? 0),
        );
        // of a sample each row stands for several, in whole numbers
        for (let left = Math.round(Number(row[4])); left > 0; left--) {
          if (number("flags") & FLAG.attempt) live.reopenAttempt(start, series);
          else live.reopen(start, series, exchange, 0);
        }
      }
    }
  }
}
