// Where control groups lie on this host, and in which a process is.
import { accessSync, constants, readFileSync } from "node:fs";
import { join, relative } from "node:path";

export type Group = { readonly version: "v1" | "v2"; readonly directory: string };

export type Groups = {
  /** controller → where its hierarchy is mounted */
  readonly v1: ReadonlyMap<string, string>;
  readonly v2?: { readonly top: string; readonly controllers: readonly string[] };
};

export function groups(mountinfo = read("/proc/self/mountinfo")): Groups {
  const v1 = new Map<string, string>();
  let v2: Groups["v2"];
  for (const line of mountinfo.split("\n").filter(Boolean)) {
    const [left = "", right = ""] = line.split(" - ");
    const place = left.split(" ")[4] ?? "";
    const [type, , options = ""] = right.split(" ");
    if (type === "cgroup") for (const controller of options.split(",")) v1.set(controller, place);
    const controllers = () => read(join(place, "cgroup.controllers")).split(/\s+/).filter(Boolean);
    if (type === "cgroup2") v2 ??= { top: place, controllers: controllers() };
  }
  return { v1, ...(v2 && { v2 }) };
}

/** Throws when this host has no such controller. */
export function groupOf(pid: number, controller: string): Group {
  const { v1, v2 } = groups();
  const lines = read(`/proc/${pid}/cgroup`).split("\n").filter(Boolean);
  const pathOf = (has: (controllers: string) => boolean) => {
    const [, , ...path] = lines.find((line) => has(line.split(":")[1] ?? ""))?.split(":") ?? [];
    return path.join(":");
  };
  const place = v1.get(controller);
  if (place) {
    const path = pathOf((controllers) => controllers.split(",").includes(controller));
    return { version: "v1", directory: join(place, path) };
  }
  if (!v2) throw new Error(`there is no control group with ${controller} here`);
  return {
    version: "v2",
    directory: join(
      v2.top,
      pathOf((controllers) => controllers === ""),
    ),
  };
}

/** Whether our own user may divide groups: of version 2 the login's must have been given the controller. */
export function canDivide(controller: string): boolean {
  const { v1, v2 } = groups();
  if (process.getuid?.() === 0) return v1.has(controller) || v2?.controllers.includes(controller) === true;
  if (!v2 || v1.has(controller)) return false;
  const { directory } = groupOf(process.pid, controller);
  const isInside = !relative(v2.top, directory).startsWith("..");
  const given = read(join(directory, "cgroup.controllers")).split(/\s+/);
  return isInside && given.includes(controller) && isWritable(join(directory, "cgroup.subtree_control"));
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
