// Reads back what the workloads of a service used.
import type { DuckDBConnection } from "@duckdb/node-api";
import { sampleOf } from "../../model/resources.ts";
import type { Reading, Readings } from "../live/history.ts";
import { RESOURCE_COLUMNS } from "./format.ts";
import type { Shelves } from "./shelves.ts";

/** Readings in [fromUs, toUs), oldest first. */
export async function readReadings(
  connection: DuckDBConnection,
  shelves: Shelves,
  service: string,
  fromUs: number,
  toUs: number,
): Promise<Readings[]> {
  const found = new Map<string, { readonly name: Readings["name"]; readonly readings: Reading[] }>();
  const oldestFirst = [...shelves.of("samples")].reverse();
  for (const { table, closedUs } of oldestFirst) {
    if (closedUs !== undefined && closedUs < fromUs) continue;
    const read = await connection.runAndReadAll(
      `SELECT epoch_us(time)::DOUBLE, workload, version, ready, connections, ${RESOURCE_COLUMNS.join(", ")}
       FROM "${table}"
       WHERE service = ? AND time >= make_timestamp(${Math.floor(fromUs)}) AND time < make_timestamp(${Math.floor(toUs)})
       ORDER BY time`,
      [service],
    );
    for (const [atUs, workload, version, ready, connections, ...figures] of read.getRows()) {
      const name = { workload: String(workload), service, version: String(version) };
      const key = `${name.workload}\n${name.version}`;
      const entry = found.get(key) ?? { name, readings: [] };
      found.set(key, entry);
      entry.readings.push({
        atUs: Number(atUs),
        used: sampleOf(figures),
        connections: Number(connections),
        isReady: ready === 1,
      });
    }
  }
  return [...found.values()];
}
