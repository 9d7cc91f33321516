// A tier of rollups as an observatory leaves it, made straight in its tables.
import type { DuckDBConnection } from "@duckdb/node-api";
import { createTable, KIND_COLUMNS, SUM_COLUMNS } from "../../src/observatory/store/format.ts";
import type { TierKind } from "../../src/observatory/store/tiers.ts";

/** `seconds` are of a period; up to `nowS` there are periods for `keptS` */
type Tier = { readonly kind: TierKind; readonly seconds: number; readonly keptS: number; readonly nowS: number };

/** SQL; it may name `p`, a period, `start_s`, when that began, and `s`, one of `count` series. */
type Series = {
  readonly count: number;
  /** requests and the sum of their durations in µs */
  readonly requests: string;
  readonly durationUs: string;
  /** the table with `durations`, and which of its rows: one for each period and series */
  readonly sketches: string;
  readonly which: string;
};

/** @returns rows that were made */
export async function fillTier(
  connection: DuckDBConnection,
  { kind, seconds, keptS, nowS }: Tier,
  { count, requests, durationUs, sketches, which }: Series,
): Promise<number> {
  const until = Math.floor(nowS / seconds) * seconds;
  const periods = Math.floor(keptS / seconds);
  const from = until - periods * seconds;
  const table = `${kind}_1`;
  await connection.run(createTable(table, KIND_COLUMNS[kind]));
  await connection.run(
    `INSERT INTO "${table}" (time, series, requests, attempts, duration_us, request_bytes, response_bytes, ${SUM_COLUMNS}, durations, timed)
     SELECT make_timestamp(start_s * 1000000), s + 1, ${requests}, 0, ${durationUs}, 1e5, 1e6,
       ${SUM_COLUMNS.map(() => "1000").join(", ")}, durations, ${requests}
     FROM (SELECT p, ${from} + p * ${seconds} AS start_s FROM range(${periods}) t(p)) periods
     CROSS JOIN range(${count}) b(s) JOIN ${sketches} ON ${which} ORDER BY p`,
  );
  await connection.run(`DELETE FROM tiers WHERE kind = '${kind}'`);
  await connection.run(`INSERT INTO tiers VALUES ('${kind}', ${kind === "tens" ? 0 : until}, ${from})`);
  return periods * count;
}
