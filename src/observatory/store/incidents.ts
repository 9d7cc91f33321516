// Incidents as they are kept: whole documents, which whoever writes them understands.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Beside } from "./beside.ts";
import type { IncidentStore, StoredIncident } from "./store.ts";

const KEPT_DAYS = 90;
const MOST = 1_000;

export function incidentStore(beside: Beside): IncidentStore {
  return {
    read: () =>
      beside(async ({ connection }) => {
        await connection.run(
          `DELETE FROM incidents WHERE opened < (SELECT max(opened) FROM incidents) - INTERVAL ${KEPT_DAYS} DAY
           OR id NOT IN (SELECT id FROM incidents ORDER BY opened DESC LIMIT ${MOST})`,
        );
        const read = await connection.runAndReadAll(
          "SELECT id, epoch_us(opened), document FROM incidents ORDER BY opened DESC",
        );
        return read.getRows().map(([id, openedUs, document]) => {
          return { id: String(id), openedUs: Number(openedUs), document: String(document) };
        });
      }),
    write: async (incidents) =>
      (await beside(async ({ connection }) => {
        await connection.run("BEGIN");
        try {
          for (const one of incidents) await replace(connection, one);
          await connection.run("COMMIT");
        } catch (thrown) {
          await connection.run("ROLLBACK").catch(() => {});
          throw thrown;
        }
        return true;
      })) ?? false,
  };
}

async function replace(connection: DuckDBConnection, { id, openedUs, document }: StoredIncident): Promise<void> {
  await connection.run("DELETE FROM incidents WHERE id = $1", [id]);
  await connection.run("INSERT INTO incidents VALUES ($1, make_timestamp($2::BIGINT), $3)", [
    id,
    BigInt(Math.floor(openedUs)),
    document,
  ]);
}
