// Hands out workload keys, none twice within a project's life: spans and addresses name workloads by them. Blocks are taken
// on the disk before they are used, so that neither a crash nor a full disk makes one come again.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Keys = { next(): number };

const FILE = "last-key";
const BLOCK = 64;

/** @param onTrouble the disk took no note: after a restart, keys of this run may come again */
export function openKeys(stateRoot: string, onTrouble: (reason: string) => void): Keys {
  const path = join(stateRoot, FILE);
  let last = readLast(path);
  let reserved = last;

  const reserve = () => {
    reserved += BLOCK;
    try {
      writeFileSync(`${path}.new`, `${reserved}\n`);
      renameSync(`${path}.new`, path);
    } catch (thrown) {
      onTrouble(`cannot note the last workload key in ${path}: ${(thrown as Error).message}`);
    }
  };

  return {
    next() {
      if (last === reserved) reserve();
      return ++last;
    },
  };
}

function readLast(path: string): number {
  try {
    const value = Number(readFileSync(path, "utf8"));
    return Number.isSafeInteger(value) && value >= 0 ? value : 0;
  } catch {
    return 0;
  }
}
