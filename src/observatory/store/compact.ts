// Makes coarser rollups of finer ones: the minutes that are over, then the hours. A stretch of each at a time, in one
// transaction with the mark of how far it went, so that ingest and questions get their turn in between and a crash costs
// nothing.
import type { DuckDBConnection } from "@duckdb/node-api";
import { type Cell, cell } from "../live/cell.ts";
import { appendRollup, gather } from "./rollup-rows.ts";
import type { Shelves } from "./shelves.ts";
import { TIERS, type Tier } from "./tiers.ts";

export type CompactDeps = { readonly connection: DuckDBConnection; readonly shelves: Shelves };

/** periods of the coarser tier at a time */
const MOST_PERIODS = 10;

/**
 * @param writtenS seconds since the epoch: everything that ended before is in the finest tier
 * @returns whether there is more to do
 */
export async function compact(deps: CompactDeps, writtenS: number, nowUs: number): Promise<boolean> {
  let until = writtenS;
  for (let i = 1; i < TIERS.length; i++) {
    const [finer, tier] = [TIERS[i - 1] as Tier, TIERS[i] as Tier];
    const { shelves } = deps;
    const over = Math.floor(until / tier.seconds) * tier.seconds;
    const first = await oldest(deps, finer, shelves.spans()[tier.kind].until);
    if (first !== undefined && first < over) {
      const from = Math.floor(first / tier.seconds) * tier.seconds;
      const to = Math.min(over, from + MOST_PERIODS * tier.seconds);
      await roll(deps, finer, tier, { from, to, nowUs });
      return true;
    }
    if (over > shelves.spans()[tier.kind].until) await shelves.markUntil(tier.kind, over);
    until = over;
  }
  return false;
}

/** Seconds since the epoch of the first period that is not rolled yet. */
async function oldest(
  { connection, shelves }: CompactDeps,
  { kind }: Tier,
  until: number,
): Promise<number | undefined> {
  let found: number | undefined;
  for (const { table, closedUs } of shelves.of(kind)) {
    if (closedUs !== undefined && closedUs / 1e6 < until) continue;
    const read = await connection.runAndReadAll(
      `SELECT epoch(min(time))::DOUBLE FROM "${table}" WHERE time >= make_timestamp(${until}000000)`,
    );
    const first = read.getRows()[0]?.[0];
    if (typeof first === "number") found = Math.min(found ?? first, first);
  }
  return found;
}

async function roll(
  { connection, shelves }: CompactDeps,
  finer: Tier,
  tier: Tier,
  { from, to, nowUs }: { readonly from: number; readonly to: number; readonly nowUs: number },
): Promise<void> {
  const periods = new Map<number, Map<number, Cell>>();
  const cellAt = (startS: number, id: number) => {
    const cells = periods.get(startS) ?? new Map<number, Cell>();
    periods.set(startS, cells);
    const found = cells.get(id) ?? cell();
    cells.set(id, found);
    return found;
  };
  await gather(connection, shelves, { kind: finer.kind, from, to, stepS: tier.seconds }, cellAt);
  const { table } = await shelves.current(tier.kind, nowUs);
  await connection.run("BEGIN");
  try {
    const appender = await connection.createAppender(table);
    for (const [startS, cells] of periods) {
      for (const [id, one] of cells) appendRollup(appender, startS, id, one);
    }
    appender.flushSync();
    appender.closeSync();
    await shelves.markUntil(tier.kind, to);
    await connection.run("COMMIT");
  } catch (thrown) {
    await connection.run("ROLLBACK").catch(() => {});
    await shelves.reload();
    throw thrown;
  }
}
