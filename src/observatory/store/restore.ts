// Takes up what an earlier process has stored: names, batches already counted, losses, since when there are figures.
// And mends the rollups of the seconds before a crash: exchanges are written each second, rollups when their period ends.
import type { DuckDBConnection } from "@duckdb/node-api";
import { ERROR_CODES } from "../../base/errors/index.ts";
import { FLAG } from "../../model/span.ts";
import type { BatchId } from "../ingest/dedupe.ts";
import { type Live, PERIOD_S } from "../live/live.ts";
import { LOSS_REASONS, type Loss } from "../live/losses.ts";
import { type Ends, hostOf, type SeriesBook } from "../live/series.ts";
import type { Names } from "../names.ts";
import { type ErrorIds, errorIds } from "./error-ids.ts";
import { type PeerIds, peerIds } from "./peer-ids.ts";
import { type RuleNames, ruleNames } from "./rule-names.ts";
import type { Shelves } from "./shelves.ts";

export type Restored = {
  readonly peerIds: PeerIds;
  readonly errorIds: ErrorIds;
  readonly ruleNames: RuleNames;
  readonly batches: readonly BatchId[];
  readonly losses: readonly Loss[];
  readonly lossCounters: ReadonlyMap<string, { ring: number; upload: number }>;
  /** µs since the epoch of the oldest figures; undefined: there are none */
  readonly oldestUs: number | undefined;
};

export async function restore(connection: DuckDBConnection, shelves: Shelves, names: Names): Promise<Restored> {
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
  let oldestUs: number | undefined;
  for (const { table } of [...shelves.of("rollups"), ...shelves.of("exchanges")]) {
    const [oldest] = (await rows(`SELECT epoch_us(min(time))::DOUBLE FROM "${table}"`))[0] ?? [];
    if (typeof oldest === "number") oldestUs = Math.min(oldestUs ?? oldest, oldest);
  }
  await connection.run("DELETE FROM batches WHERE time < (SELECT max(time) FROM batches) - INTERVAL 1 HOUR");
  await connection.run("DELETE FROM losses WHERE time < (SELECT max(time) FROM losses) - INTERVAL 7 DAY");
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
      (await rows("SELECT key, name FROM rules ORDER BY rowid")).map(
        ([key, name]) => [Number(key), String(name)] as const,
      ),
    ),
    batches: (await rows("SELECT agent, sequence, hash FROM batches ORDER BY time")).map(([agent, sequence, hash]) => ({
      agent: String(agent),
      sequence: Number(sequence),
      hash: String(hash),
    })),
    losses: lossRows.reverse().flatMap(([atUs, reason, spans]) => {
      const known = LOSS_REASONS.find((one) => one === reason);
      return known ? [{ atUs: Number(atUs), reason: known, spans: Number(spans) }] : [];
    }),
    lossCounters: new Map(
      (await rows("FROM loss_counters")).map(([agent, ring, upload]) => [
        String(agent),
        { ring: Number(ring), upload: Number(upload) },
      ]),
    ),
  };
}

export type MendDeps = {
  readonly connection: DuckDBConnection;
  readonly shelves: Shelves;
  readonly ends: Ends;
  readonly book: SeriesBook;
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
  const rollups = await countByPeriod(deps, "rollups", `epoch_us(time) // ${PERIOD_S}000000`, "requests + attempts");
  const broken = [...exchanges]
    .filter(([period, count]) => count > (rollups.get(period) ?? 0))
    .map(([period]) => period);
  if (broken.length === 0) return 0;

  // in memory first: were we killed between the two, the next start would find the same and do the same
  for (const period of broken) await recount(deps, period);
  const starts = broken.map((period) => `make_timestamp(${period * PERIOD_S}000000)`).join(", ");
  for (const { table } of deps.shelves.of("rollups")) {
    await deps.connection.run(`DELETE FROM "${table}" WHERE time IN (${starts})`);
  }
  return broken.length;
}

async function countByPeriod(
  { connection, shelves }: MendDeps,
  kind: "exchanges" | "rollups",
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
  for (const { table } of shelves.of("exchanges")) {
    const rows = await connection.stream(
      `SELECT source, destination, flags, authority, port, protocol, status, error, "end", requestBytes, responseBytes, weight
       FROM "${table}" WHERE ${COUNTED} AND (epoch_us(time) + "end") // ${PERIOD_S}000000 = ${period}`,
    );
    for (;;) {
      const chunk = await rows.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      for (const row of chunk.getRows()) {
        const number = (column: number) => Number(row[column]);
        const from = peerIds.peerOf(number(0));
        const to = peerIds.peerOf(number(1));
        const isEgress = to.id === 0 && (number(2) & FLAG.egress) !== 0;
        const series = book.find(
          ends.of(from.service, from.namespace),
          isEgress ? ends.outside(hostOf(String(row[3]))) : ends.of(to.service, to.namespace),
          number(4),
          number(5),
          Math.floor(number(6) / 100),
          numberOf.get(number(7)) ?? 0,
        );
        // of a sample each row stands for several, in whole numbers
        for (let left = Math.round(number(11)); left > 0; left--) {
          if (number(2) & FLAG.attempt) live.reopenAttempt(start, series);
          else live.reopen(start, series, number(8), number(9), number(10));
        }
      }
    }
  }
}
