// New lines of all workloads' logs since the last look, through rotations: for those who pass logs on. It begins at the
// ends of the files that are there: what was said before is told by whoever ran before.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type LoggedLine, parseLogLine } from "../../model/log-line.ts";
import { type LogFile, logFiles } from "./files.ts";

export type NewLine = LoggedLine & Pick<LogFile, "service" | "workload">;

const BLOCK = 1 << 20;

export type Tail = { look(take: (line: NewLine) => void): void };

type Place = { inode: number; offset: number };

export function logTail(logs: string): Tail {
  const places = new Map<string, Place>();
  let isFirst = true;

  const lookAt = (file: LogFile, take: (line: NewLine) => void) =>
    withFile(file.path, (fd, inode, size) => {
      const place = places.get(file.path) ?? { inode, offset: isFirst ? size : 0 };
      places.set(file.path, place);
      if (place.inode !== inode) {
        // moved away: its last lines are in the older file
        withFile(`${file.path}.1`, (older, olderInode) => {
          if (olderInode === place.inode) readOn(older, place, file, take);
        });
        place.inode = inode;
        place.offset = 0;
      }
      readOn(fd, place, file, take);
    });

  return {
    look(take) {
      const files = logFiles(logs);
      for (const file of files) lookAt(file, take);
      isFirst = false;
      if (places.size === files.length) return;
      const there = new Set(files.map(({ path }) => path));
      for (const path of places.keys()) if (!there.has(path)) places.delete(path);
    },
  };
}

function withFile(path: string, use: (fd: number, inode: number, size: number) => void): void {
  let fd: number | undefined;
  try {
    fd = openSync(path, "r");
    const { ino, size } = fstatSync(fd);
    use(fd, ino, size);
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code !== "ENOENT") throw thrown; // not there, or not any more
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function readOn(fd: number, place: Place, { service, workload }: LogFile, take: (line: NewLine) => void): void {
  const block = Buffer.allocUnsafe(BLOCK);
  for (;;) {
    const count = readSync(fd, block, 0, BLOCK, place.offset);
    const end = block.subarray(0, count).lastIndexOf("\n") + 1;
    for (const text of block.toString("utf8", 0, end).split("\n")) {
      const line = parseLogLine(text);
      if (line) take({ ...line, service, workload });
    }
    // a line longer than a block is none of ours
    place.offset += end === 0 && count === BLOCK ? count : end;
    if (count < BLOCK) return;
  }
}
