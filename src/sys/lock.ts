// A lock that ends with its holder, however that ends: flock(2).
import { closeSync, openSync } from "node:fs";
import { checked, errno, keepFromChildren, libc } from "./libc.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;
const EAGAIN = 11;

export type Lock = { release(): void };

/** Takes the lock on a file, which is made when missing, or says that another process holds it. The file stays. */
export function tryLock(path: string): Lock | "held" {
  const fd = openSync(path, "a", 0o600);
  try {
    keepFromChildren(fd);
    if (libc.flock(fd, LOCK_EX | LOCK_NB) < 0) {
      if (errno() !== EAGAIN) checked("flock", -1, path);
      closeSync(fd);
      return "held";
    }
  } catch (thrown) {
    closeSync(fd);
    throw thrown;
  }
  return { release: () => closeSync(fd) };
}
