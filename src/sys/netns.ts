// Makes sockets in another network namespace: setns(2) moves the calling thread alone, and back at once.
import { openSync } from "node:fs";
import { checked, closeFd, libc } from "./libc.ts";

const CLONE_NEWNET = 0x40000000;

let home: number | undefined;

/** A descriptor of the namespace at `path`; while it is open, the namespace lives. */
export function openNetns(path: string): number {
  return openSync(path, "r");
}

/** Runs `make` inside a network namespace, given by its path or a descriptor. It must be synchronous and make its system
 *  calls itself: what the runtime does on its other threads happens at home. */
export function inNetns<Result>(namespace: string | number, make: () => Result): Result {
  home ??= openNetns("/proc/thread-self/ns/net");
  const there = typeof namespace === "number" ? namespace : openNetns(namespace);
  try {
    checked("setns", libc.setns(there, CLONE_NEWNET), String(namespace));
  } finally {
    if (there !== namespace) closeFd(there);
  }
  try {
    return make();
  } finally {
    // to go on in a stranger's namespace would be worse than to end
    if (libc.setns(home, CLONE_NEWNET) < 0) process.abort();
  }
}
