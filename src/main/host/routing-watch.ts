// Looks whether the files of objects changed. It looks at them, instead of being told by the kernel, because that sees
// folders that appear later, editors that replace files, and file systems that tell nobody, all in the same way. What is
// half written is given time: files are read when they were alike at two looks.
import { statSync } from "node:fs";
import type { Clock } from "../../base/clock.ts";
import { objectFiles } from "../../control/gateway/files.ts";

export type FileWatch = {
  /** it was read just now: only what changes from here on is news */
  restart(directory: string): void;
  stop(): void;
};

const EVERY_MS = 200;
/** looking may cost this share of the time, so that very many files are looked at more seldom */
const MOST_OF_TIME = 0.02;

export function watchObjectFiles(clock: Clock, onChange: () => void): FileWatch {
  let timer: { cancel(): void } | undefined;

  const watch = (directory: string) => {
    let read = signature(directory);
    let last = read;
    const look = () => {
      const began = clock.monotonicMs();
      const now = signature(directory);
      const isSettled = now === last;
      last = now;
      if (isSettled && now !== read) {
        read = now;
        onChange();
      }
      timer = clock.after(Math.max(EVERY_MS, (clock.monotonicMs() - began) / MOST_OF_TIME), look);
    };
    timer = clock.after(EVERY_MS, look);
  };

  return {
    restart(directory) {
      timer?.cancel();
      watch(directory);
    },
    stop: () => timer?.cancel(),
  };
}

/** Differs when any of the files does. */
function signature(directory: string): string {
  try {
    return objectFiles(directory)
      .map((file) => {
        const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
        return stat ? `${file} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}` : "";
      })
      .join("\n");
  } catch (error) {
    return String(error); // who reads them says it better
  }
}
