// Makes sockets in another network namespace: setns(2) moves the calling thread alone, and back at once.
import { openSync } from "node:fs";
import { checked, closeFd, libc } from "./libc.ts";

const CLONE_NEWNET = 0x40000000;

let home: number | undefined;

/** Runs `make` inside the network namespace at `path`. It must be synchronous and make its system calls itself: what the
 *  runtime does on its other threads happens at home. */
export function inNetns<Result>(path: string, make: () => Result): Result {
  home ??= openSync("/proc/thread-self/ns/net", "r");
  const there = openSync(path, "r");
  try {
    checked("setns", libc.setns(there, CLONE_NEWNET), path);
  } finally {
    closeFd(there);
  }
  try {
    return make();
  } finally {
    // to go on in a stranger's namespace would be worse than to end
    if (libc.setns(home, CLONE_NEWNET) < 0) process.abort();
  }
}
