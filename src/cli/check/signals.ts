// What this machine tells of what workloads wait for. Each that is missing makes a ledger say less, and is named with the
// setting that would enable it.
import type { Machine } from "./machine.ts";
import { type Check, type Group, OK, type Verdict, warning } from "./types.ts";

export function signalChecks(machine: Pick<Machine, "read">): Group {
  const checks: Check[] = [
    { name: "waiting for a CPU is seen (schedstat)", look: () => runDelay(machine) },
    { name: "waiting for storage is seen, task by task (delay accounting)", look: () => storageDelay(machine) },
    { name: "pressure stall of each workload is seen (PSI)", look: () => pressure(machine) },
  ];
  return { name: "signals of the ledger", checks };
}

function runDelay({ read }: Pick<Machine, "read">): Verdict {
  if (read("/proc/self/schedstat") !== undefined) return OK;
  return warning("the kernel does not count it", "Take a kernel with CONFIG_SCHED_INFO.");
}

function storageDelay({ read }: Pick<Machine, "read">): Verdict {
  const setting = read("/proc/sys/kernel/task_delayacct");
  if (setting === "1") return OK;
  if (setting === undefined) {
    return warning("the kernel cannot count it", "Boot with `delayacct`, on a kernel with CONFIG_TASK_DELAY_ACCT.");
  }
  return warning(
    "it is switched off; pressure stall stands in for it, where that is told",
    "As root, before the services start: sysctl -w kernel.task_delayacct=1; or boot with `delayacct`.",
  );
}

/** Where it is switched off its files are there and cannot be read; groups of version 1 have none. */
function pressure({ read }: Pick<Machine, "read">): Verdict {
  if (read("/proc/pressure/io") === undefined) {
    return warning("the kernel does not measure it", "Boot with `psi=1`, on a kernel with CONFIG_PSI.");
  }
  if (/ - cgroup2 /.test(read("/proc/self/mountinfo") ?? "")) return OK;
  return warning(
    "it is measured for the whole machine alone: no cgroup of version 2 is mounted",
    "Boot with systemd.unified_cgroup_hierarchy=1, or as root: mount -t cgroup2 none /sys/fs/cgroup/unified.",
  );
}
