// Where the store lies in its folder, for who need not open it.
import { join } from "node:path";

/** @param directory of the project's store */
export function storeFile(directory: string): string {
  return join(directory, "telemetry.duckdb");
}

/** Where a backup waits for the store to be opened. */
export function restoredFile(store: string): string {
  return `${store}.restored`;
}
