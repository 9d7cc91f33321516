// Where this process stands in the host's cgroup hierarchies, read from /proc/self/mountinfo and /proc/self/cgroup.
import { join, relative } from "node:path";

export type Bases = {
  /** directory of our own group, by controller (cgroup v1) */
  readonly v1: Readonly<Partial<Record<Controller, string>>>;
  /** directory of our own group, and of the topmost one that is visible (cgroup v2) */
  readonly v2?: { readonly own: string; readonly top: string };
};

/** storage is `blkio` in version 1 and `io` in version 2; `pressure` is in every group of version 2, also of one that is mounted beside version 1 */
export const CONTROLLERS = ["cpu", "cpuacct", "memory", "pids", "pressure", "blkio", "io"] as const;
export type Controller = (typeof CONTROLLERS)[number];

export function cgroupBases(mountinfo: string, selfCgroup: string): Bases {
  const v1: Partial<Record<Controller, string>> = {};
  let v2: Bases["v2"];
  for (const { root, mountPoint, type, options } of mounts(mountinfo)) {
    if (type === "cgroup2") {
      const own = below(root, mountPoint, ownPath(selfCgroup, ""));
      if (own && !v2) v2 = { own, top: mountPoint };
    } else if (type === "cgroup") {
      for (const controller of CONTROLLERS) {
        if (!options.includes(controller) || v1[controller]) continue;
        const own = below(root, mountPoint, ownPath(selfCgroup, controller));
        if (own) v1[controller] = own;
      }
    }
  }
  return { v1, ...(v2 && { v2 }) };
}

/** proc_pid_mountinfo(5): `36 35 98:0 /root /mount/point options … - type source super-options` */
function mounts(mountinfo: string) {
  return mountinfo
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [left = "", right = ""] = line.split(" - ");
      const [, , , root = "", mountPoint = ""] = left.split(" ");
      const [type = "", , options = ""] = right.split(" ");
      return { root: unescaped(root), mountPoint: unescaped(mountPoint), type, options: options.split(",") };
    });
}

/** cgroups(7): `4:cpu,cpuacct:/path`; cgroup v2 has no controllers there */
function ownPath(selfCgroup: string, controller: string): string | undefined {
  for (const line of selfCgroup.split("\n")) {
    const [, controllers, ...path] = line.split(":");
    if (controllers?.split(",").includes(controller)) return path.join(":");
  }
  return undefined;
}

/** In a container the mount shows only a part of the hierarchy, while the path may count from its true root. */
function below(root: string, mountPoint: string, path: string | undefined): string | undefined {
  if (path === undefined || path.startsWith("/..")) return undefined;
  const rest = relative(root, path);
  return rest.startsWith("..") ? mountPoint : join(mountPoint, rest);
}

function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
