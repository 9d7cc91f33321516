// The memory that workers share with their supervisor: a ring of spans each, a page of counters and one of limits. Files on a tmpfs, so
// that both outlive any process: a supervisor that comes back finds the spans that its predecessor had not fetched.
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { countersSize } from "../model/counters.ts";
import { trafficPageSize } from "../model/page/page.ts";
import { ringSize } from "../model/span-ring.ts";

/** rows of a worker's ring, a power of two; the supervisor empties it when it is half full, at least each second */
export const RING_ROWS = 16_384;

export type SharedFiles = { readonly counters: string; readonly page: string; ring(index: number): string };

/** @param directory on a tmpfs that no workload sees */
export function sharedFiles(directory: string): SharedFiles {
  return {
    counters: join(directory, "counters"),
    page: join(directory, "traffic"),
    ring: (index) => join(directory, `spans-${index}`),
  };
}

/** Makes what is missing; keeps what is there. */
export function prepareSharedFiles(directory: string, workers: number): SharedFiles {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const files = sharedFiles(directory);
  prepare(files.counters, countersSize(workers));
  prepare(files.page, trafficPageSize(workers));
  for (let index = 0; index < workers; index++) prepare(files.ring(index), ringSize(RING_ROWS));
  return files;
}

function prepare(path: string, size: number): void {
  if (existsSync(path) && statSync(path).size === size) return;
  const fd = openSync(path, "w+", 0o600);
  ftruncateSync(fd, size);
  closeSync(fd);
}

export function mapShared(path: string): Uint8Array {
  return Bun.mmap(path, { shared: true });
}
