// The newest lines of a workload's log within a window of time. Lines lie in the order of their time, so the place is found
// by halving, and read backwards from there: what an answer costs depends on the answer, not on the size of the files.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type LoggedLine, OLDER_LOG_FILES, parseLogLine } from "../../model/log-line.ts";

export type FoundLines = {
  /** newest first */
  readonly lines: readonly LoggedLine[];
  /** there may be older ones in the window: too much would have had to be read */
  readonly isCut: boolean;
};

const BLOCK = 64 << 10;
const MOST_READ = 8 << 20;

export function linesWithin(path: string, window: { fromUs: number; toUs: number }, limit: number): FoundLines {
  const lines: LoggedLine[] = [];
  const files = [path, ...Array.from({ length: OLDER_LOG_FILES }, (_, index) => `${path}.${index + 1}`)];
  let left = MOST_READ;
  for (const file of files) {
    const fd = tryOpen(file);
    if (fd === undefined) continue;
    try {
      const size = fstatSync(fd).size;
      const mayRead = () => {
        left -= BLOCK;
        return left > 0;
      };
      for (const line of backwards(fd, endOf(fd, size, window.toUs), mayRead)) {
        if (line.timeUs >= window.toUs) continue;
        if (line.timeUs < window.fromUs) return { lines, isCut: false };
        lines.push(line);
        if (lines.length >= limit) return { lines, isCut: false };
      }
    } finally {
      closeSync(fd);
    }
    if (left <= 0) return { lines, isCut: true };
  }
  return { lines, isCut: false };
}

/** A place not far after the last line before `toUs`. */
function endOf(fd: number, size: number, toUs: number): number {
  let low = 0;
  let high = size;
  while (high - low > BLOCK) {
    const middle = Math.floor((low + high) / 2);
    const timeUs = firstTimeAfter(fd, middle);
    if (timeUs !== undefined && timeUs < toUs) low = middle;
    else high = middle;
  }
  return high;
}

/** Of the first whole line there; undefined: none within a block. */
function firstTimeAfter(fd: number, at: number): number | undefined {
  const text = read(fd, at, BLOCK).toString("latin1");
  const whole = text.slice(text.indexOf("\n") + 1).split("\n");
  for (const line of whole) {
    const parsed = parseLogLine(line);
    if (parsed) return parsed.timeUs;
  }
  return undefined;
}

/** Each line that ends before `end` or holds it, the last one first; a line that is being written has no end yet. */
function* backwards(fd: number, end: number, mayRead: () => boolean): Iterable<LoggedLine> {
  // the line at the place found may go on behind it
  const behind = read(fd, end, BLOCK);
  let rest: Buffer = behind.subarray(0, behind.indexOf("\n") + 1);
  for (let at = end; at > 0 || rest.length > 0; ) {
    const from = Math.max(0, at - BLOCK);
    if (at > 0 && !mayRead()) return;
    rest = Buffer.concat([read(fd, from, at - from), rest]);
    at = from;
    // what stands before the first line end may begin in the block before
    const whole = from === 0 ? 0 : rest.indexOf("\n") + 1;
    if (from > 0 && whole === 0) continue;
    const texts = rest
      .subarray(whole, rest.lastIndexOf("\n") + 1)
      .toString("utf8")
      .split("\n");
    for (let i = texts.length - 1; i >= 0; i--) {
      const line = parseLogLine(texts[i] as string);
      if (line) yield line;
    }
    rest = rest.subarray(0, whole);
    if (from === 0) return;
  }
}

function read(fd: number, at: number, length: number): Buffer {
  const block = Buffer.allocUnsafe(length);
  return block.subarray(0, readSync(fd, block, 0, length, at));
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    return undefined; // there was no such file, or it has just been moved
  }
}
