// Limits on a workload's own control group, in both versions of the kernel's interface.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Hands } from "../hands.ts";
import { type Groups, groupOf, groups } from "../host/groups.ts";
import { processesOf, type Workload } from "../shop.ts";

const PERIOD_US = 100_000;
/** the kernel gives no less than 1 ms per period, and takes no period above a second */
const LEAST_US = 1_000;
const LONG_PERIOD_US = 1_000_000;

/** So much CPU and no more. @param cores CPU seconds per second */
export async function limitCpu(hands: Hands, { pid }: Workload, cores: number): Promise<void> {
  const group = groupOf(pid, "cpu");
  const period = cores * PERIOD_US < LEAST_US ? LONG_PERIOD_US : PERIOD_US;
  const quota = Math.max(LEAST_US, Math.round(cores * period));
  if (group.version === "v2") return write(hands, join(group.directory, "cpu.max"), `${quota} ${period}`);
  await write(hands, join(group.directory, "cpu.cfs_period_us"), String(period));
  await write(hands, join(group.directory, "cpu.cfs_quota_us"), String(quota));
}

/** So many writes a second to the disk on which `folder` lies. */
export async function limitWrites(hands: Hands, workload: Workload, folder: string, perSecond: number): Promise<void> {
  const device = deviceOf(folder);
  const found = groups();
  if (found.v2?.controllers.includes("io")) {
    const { directory } = groupOf(workload.pid, "memory");
    await delegateIo(hands, found.v2, directory);
    const undo = { run: shell('echo "$0 wiops=max" > "$1"', device, join(directory, "io.max")), isMeshs: true };
    await hands.act(undo, () => writeFileSync(join(directory, "io.max"), `${device} wiops=${perSecond}`));
    return;
  }
  // the mesh makes no groups in version 1's blkio
  const parent = groupOf(process.pid, "blkio").directory;
  const own = join(parent, `${OWN}${process.pid}`);
  const empty = 'while read -r pid; do echo "$pid" > "$1/cgroup.procs"; done < "$0/cgroup.procs"; rmdir "$0"';
  await hands.act({ run: shell(empty, own, parent) }, () => {
    mkdirSync(own);
    writeFileSync(join(own, "blkio.throttle.write_iops_device"), `${device} ${perSecond}`);
    for (const pid of processesOf(workload)) writeFileSync(join(own, "cgroup.procs"), String(pid));
  });
}

/** prefix of groups of ours; the rest of the name is our pid */
export const OWN = "meshwise-demo-";

/** A child's io.max is there only when each group above passes the controller on. */
async function delegateIo(hands: Hands, { top }: NonNullable<Groups["v2"]>, directory: string): Promise<void> {
  const steps = relative(top, dirname(directory)).split("/").filter(Boolean);
  for (let depth = 0; depth <= steps.length; depth++) {
    const file = join(top, ...steps.slice(0, depth), "cgroup.subtree_control");
    if (readFileSync(file, "utf8").split(/\s/).includes("io")) continue;
    await hands.act({ run: shell('echo -io > "$0"', file) }, () => writeFileSync(file, "+io"));
  }
}

async function write(hands: Hands, file: string, text: string): Promise<void> {
  const before = readFileSync(file, "utf8").trim();
  const undo = { run: shell('echo "$0" > "$1"', before, file), isMeshs: true };
  await hands.act(undo, () => writeFileSync(file, text));
}

/** `major:minor` of the whole disk: limits are not set on partitions */
function deviceOf(folder: string): string {
  const { dev } = statSync(folder);
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  const partition = `/sys/dev/block/${major}:${minor}`;
  if (!existsSync(join(partition, "partition"))) return `${major}:${minor}`;
  return readFileSync(join(partition, "..", "dev"), "utf8").trim();
}

function shell(program: string, ...args: readonly string[]): readonly string[] {
  return ["sh", "-c", program, ...args];
}
