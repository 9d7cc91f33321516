// Whether workloads' limits can be enforced and their figures read: cgroups, of which version, and whether they are ours.
import { accessSync, constants } from "node:fs";
import type { Machine } from "./machine.ts";
import { type Check, type Group, ok, type Verdict, warning } from "./types.ts";

const WANTED = ["cpu", "memory", "pids"];
const WITHOUT = "limits are not enforced, and throttling and pressure of workloads are not seen";

export function limitChecks(machine: Machine): Group {
  const checks: Check[] = [{ name: "cgroups are delegated to us", look: () => delegation(machine) }];
  return { name: "limits", checks };
}

function delegation(machine: Machine): Verdict {
  const own = machine.read("/proc/self/cgroup") ?? "";
  return machine.read("/sys/fs/cgroup/cgroup.controllers") === undefined
    ? versionOne(machine)
    : versionTwo(machine, own);
}

function versionOne(machine: Machine): Verdict {
  const lacking = WANTED.filter((controller) => !isWritable(`/sys/fs/cgroup/${controller}`));
  if (lacking.length === 0) return ok("version 1");
  const why =
    lacking.length < WANTED.length || machine.isRoot
      ? `no cgroup for ${lacking.join(", ")}`
      : "cgroup version 1 belongs to root";
  return warning(`${why}: ${WITHOUT}`, "Run as root, or boot with systemd.unified_cgroup_hierarchy=1.");
}

function versionTwo(machine: Machine, own: string): Verdict {
  const path = `/sys/fs/cgroup${
    own
      .split("\n")
      .find((line) => line.startsWith("0::"))
      ?.slice(3) ?? "/"
  }`;
  const controllers = (machine.read(`${path}/cgroup.controllers`) ?? "").split(" ");
  const lacking = WANTED.filter((controller) => !controllers.includes(controller));
  if (isWritable(path) && isWritable(`${path}/cgroup.procs`) && lacking.length === 0) return ok("version 2");
  const why = lacking.length > 0 ? `no ${lacking.join(", ")} controller here` : `${path} is not ours`;
  return warning(
    `${why}: ${WITHOUT}`,
    "Start it in a scope of your own: systemd-run --user --scope -p Delegate=yes meshwise up",
  );
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
