// Reads the kept logs of a project: the last lines of every workload, merged in the order of time, and then what comes.
import { type Dirent, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { logFile } from "../model/log-line.ts";
import type { LogQuery } from "./host-server.ts";
import type { LogLine } from "./host-types.ts";
import { type LogReader, openLog } from "./log-reader.ts";

const LOOK_EVERY_MS = 200;
const BATCH = 500;

/** @param logs the state directory's folder of logs */
export async function* readLogs(
  logs: string,
  query: LogQuery,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<LogLine[]> {
  const readers = new Map<string, LogReader>();
  try {
    for (const { workload, file } of logFiles(logs, query)) readers.set(file, openLog(file, workload, query.tail));
    yield* merged([...readers.values()]);
    while (query.follow && !signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => {});
      // a workload that came since then: all of it is new
      for (const { workload, file } of logFiles(logs, query)) {
        if (!readers.has(file)) readers.set(file, openLog(file, workload, undefined));
      }
      // also once after the end was asked for: a workload's last words on SIGTERM come just before it
      yield* merged([...readers.values()]);
    }
  } finally {
    for (const reader of readers.values()) reader.close();
  }
}

/** What the readers have now, oldest first. Each reader's own order is kept: it is what the workload said. */
function* merged(readers: readonly LogReader[]): Generator<LogLine[]> {
  const heads = readers.flatMap((reader) => {
    const line = reader.next();
    return line ? [{ reader, line }] : [];
  });
  let batch: LogLine[] = [];
  while (heads.length > 0) {
    let first = 0;
    for (let i = 1; i < heads.length; i++) if (heads[i]!.line.timeUs < heads[first]!.line.timeUs) first = i;
    const head = heads[first]!;
    batch.push(head.line);
    const line = head.reader.next();
    if (line) head.line = line;
    else heads.splice(first, 1);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function logFiles(logs: string, { services }: LogQuery): { workload: string; file: string }[] {
  return entries(logs)
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: service }) => {
      const files = entries(join(logs, service)).filter((entry) => entry.isFile() && entry.name.endsWith(".log"));
      return files.map((entry) => ({ service, workload: basename(entry.name, ".log") }));
    })
    .filter(
      ({ service, workload }) => services.length === 0 || services.includes(service) || services.includes(workload),
    )
    .map(({ service, workload }) => ({ workload, file: logFile(logs, service, workload) }));
}

function entries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
