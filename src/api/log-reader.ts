// One workload's log, line by line, over its older files and through rotations.
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { OLDER_LOG_FILES, parseLogLine } from "../model/log-line.ts";
import type { LogLine } from "./host-types.ts";

export type LogReader = {
  /** undefined: no whole line for now */
  next(): LogLine | undefined;
  close(): void;
};

const BLOCK = 64 * 1024;
const NEWLINE = 10;

/** @param tail so many lines of the past; undefined: all */
export function openLog(path: string, workload: string, tail: number | undefined): LogReader {
  const older = Array.from({ length: OLDER_LOG_FILES }, (_, index) => `${path}.${OLDER_LOG_FILES - index}`);
  const files = [...older.filter((file) => existsSync(file)), path];
  const start = tail === undefined ? { index: 0, offset: 0 } : tailStart(files, tail);
  let index = start.index;
  let offset = start.offset;
  let fd = tryOpen(files[index]);
  let rest = Buffer.alloc(0);

  const nextLine = (): string | undefined => {
    for (;;) {
      const end = rest.indexOf(NEWLINE);
      if (end >= 0) {
        const line = rest.toString("utf8", 0, end);
        rest = rest.subarray(end + 1);
        return line;
      }
      if (!readMore() && !nextFile()) return undefined;
    }
  };

  const readMore = (): boolean => {
    if (fd === undefined) return false;
    const block = Buffer.allocUnsafe(BLOCK);
    const count = readSync(fd, block, 0, BLOCK, offset);
    offset += count;
    if (count > 0) rest = Buffer.concat([rest, block.subarray(0, count)]);
    return count > 0;
  };

  /** from an older file to the newer one; from the newest to what took its place, once it has been read to its end */
  const nextFile = (): boolean => {
    if (index < files.length - 1) index++;
    else if (fd !== undefined && isSameFile(fd, path)) return false;
    const next = tryOpen(files[index]);
    if (next === undefined) return false;
    if (fd !== undefined) closeSync(fd);
    fd = next;
    offset = 0;
    rest = Buffer.alloc(0); // a line without end was cut by a crash
    return true;
  };

  return {
    next() {
      for (let line = nextLine(); line !== undefined; line = nextLine()) {
        const parsed = parseLogLine(line);
        if (parsed) return { timeUs: parsed.timeUs, workload, stream: parsed.stream, text: parsed.text };
      }
      return undefined;
    },
    close() {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

/** Where the last `tail` lines of all files together begin. */
function tailStart(files: readonly string[], tail: number): { index: number; offset: number } {
  let missing = tail;
  for (let index = files.length - 1; index >= 0; index--) {
    const found = lastLines(files[index]!, missing);
    missing -= found.lines;
    if (missing <= 0 || index === 0) return { index, offset: found.offset };
  }
  return { index: 0, offset: 0 };
}

/** The offset at which the last `wanted` lines begin, and how many there are up to that. */
function lastLines(file: string, wanted: number): { offset: number; lines: number } {
  const fd = tryOpen(file);
  if (fd === undefined) return { offset: 0, lines: 0 };
  try {
    const block = Buffer.allocUnsafe(BLOCK);
    let at = fstatSync(fd).size;
    if (wanted === 0) return { offset: at, lines: 0 };
    let ends = 0;
    while (at > 0) {
      const length = Math.min(BLOCK, at);
      at -= length;
      readSync(fd, block, 0, length, at);
      for (let i = length - 1; i >= 0; i--) {
        if (block[i] !== NEWLINE) continue;
        if (ends === wanted) return { offset: at + i + 1, lines: wanted };
        ends++;
      }
    }
    return { offset: 0, lines: ends };
  } finally {
    closeSync(fd);
  }
}

function isSameFile(fd: number, path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there === undefined || there.ino === fstatSync(fd).ino;
}

function tryOpen(path: string | undefined): number | undefined {
  try {
    return path === undefined ? undefined : openSync(path, "r");
  } catch {
    return undefined;
  }
}
