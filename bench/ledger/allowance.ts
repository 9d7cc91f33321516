// What a running workload may have of storage and memory, by its groups of cgroup version 1.
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { stateDirectory } from "../../src/model/state-directory.ts";
import { cgroupBases } from "../../src/platform/cgroup/bases.ts";
import { groupName } from "../../src/platform/cgroup/leftovers.ts";

export type Allowance = {
  /** bytes a second; 0: as many as there is room for */
  writes(bytes: number): void;
  /** a second; 0: as many as there is room for */
  reads(count: number): void;
  memory(bytes: number): void;
};

const { v1 } = cgroupBases(readFileSync("/proc/self/mountinfo", "utf8"), readFileSync("/proc/self/cgroup", "utf8"));

/** Only root's, and only where each controller of version 1 has a hierarchy of its own. */
export const canAllow = process.getuid?.() === 0 && existsSync(`${v1.blkio}/blkio.throttle.write_bps_device`);

/** @param folder on the storage that is meant */
export function allowanceOf(
  of: { readonly project: string; readonly stateHome: string; readonly workload: string },
  folder: string,
): Allowance {
  const { root } = stateDirectory(of.project, { MESHWISE_STATE_DIR: of.stateHome });
  const group = `meshwise/${groupName(of.project, root)}/${of.workload}`;
  const { dev } = statSync(folder);
  // makedev(3): only small numbers are met here
  const device = `${dev >> 8}:${dev & 0xff}`;
  const storage = (file: string, amount: number) =>
    writeFileSync(`${v1.blkio}/${group}/blkio.throttle.${file}_device`, `${device} ${amount}`);
  return {
    writes: (bytes) => storage("write_bps", bytes),
    reads: (count) => storage("read_iops", count),
    memory: (bytes) => writeFileSync(`${v1.memory}/${group}/memory.limit_in_bytes`, String(bytes)),
  };
}
