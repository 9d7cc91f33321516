// The memory that workers share with their supervisor: a ring of spans each, a page of counters and one of limits. Files on
// a tmpfs, so that they outlive any process: a supervisor that comes back finds the spans that its predecessor had not
// fetched.
//
// Two agents may run at a time, while one takes over from the other. Rings and counters are each one's own; the page of
// limits is one for both, so that a rate is not granted twice, and each has its own half of its rows.
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { countersSize } from "../model/counters.ts";
import { PAGE_LAYOUT, trafficPageSize } from "../model/page/page.ts";
import { ringSize } from "../model/span-ring.ts";

/** rows of a worker's ring, a power of two; the supervisor empties it as it fills, at least each second */
export const RING_ROWS = 16_384;

/** Which agent's memory it is. */
export type Share = {
  /** on a tmpfs that no workload sees */
  readonly directory: string;
  /** rises by one with each upgrade */
  readonly generation: number;
  /** of one agent */
  readonly workers: number;
};

export type SharedFiles = {
  readonly counters: string;
  readonly page: string;
  /** of the page */
  readonly rows: number;
  /** of the page, the worker's own */
  row(index: number): number;
  ring(index: number): string;
};

export function sharedFiles(share: Share): SharedFiles {
  const { directory, generation, workers } = share;
  const rows = 2 * workers;
  return {
    counters: join(ownDirectory(share), "counters"),
    // another layout is another page: what was spent is then forgotten, which is better than misread
    page: join(directory, `limits-${PAGE_LAYOUT}-${rows}`),
    rows,
    row: (index) => (generation % 2) * workers + index,
    ring: (index) => join(ownDirectory(share), `spans-${index}`),
  };
}

function ownDirectory({ directory, generation }: Share): string {
  return join(directory, `agent-${generation}`);
}

/** Makes what is missing; keeps what is there. */
export function prepareSharedFiles(share: Share): SharedFiles {
  mkdirSync(ownDirectory(share), { recursive: true, mode: 0o700 });
  const files = sharedFiles(share);
  prepare(files.counters, countersSize(share.workers));
  prepare(files.page, trafficPageSize(files.rows));
  for (let index = 0; index < share.workers; index++) prepare(files.ring(index), ringSize(RING_ROWS));
  return files;
}

/** What agents before this one left. */
export function removeFormerFiles(share: Share): void {
  const kept = [ownDirectory(share), sharedFiles(share).page];
  for (const name of readdirSync(share.directory)) {
    const path = join(share.directory, name);
    if (/^(agent|limits)-/.test(name) && !kept.includes(path)) rmSync(path, { recursive: true, force: true });
  }
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
