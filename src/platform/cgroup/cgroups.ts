// The cgroups of a project: found and made by the host process at its start, told to the runner as plain data.
// cgroup v2 where a group of ours may be divided (root, or a delegated one), else v1 as root, else none.
import { accessSync, constants, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markOwner, removeAbandoned } from "./abandoned.ts";
import { type Bases, CONTROLLERS, type Controller, cgroupBases } from "./bases.ts";
import { groupName, noteGroups } from "./leftovers.ts";

export type Cgroups = {
  readonly version: "v1" | "v2" | "none";
  /** the project's directory by controller; a missing controller is not available */
  readonly project: Readonly<Partial<Record<Controller, string>>>;
  /** what this host cannot do, each with the line that would enable it */
  readonly limitations: readonly string[];
};

const MESHWISE = "meshwise";
const DELEGATE = "systemd-run --user --scope -p Delegate=yes meshwise up";

/**
 * Makes the project's groups. On a delegated v2 group, all processes of that group move into a leaf of it, because the
 * kernel gives controllers only to groups whose parent has no processes.
 * @param stateRoot the project's state directory, where what was made is noted for `removeLeftovers`
 */
export function openCgroups({ project, stateRoot }: { readonly project: string; readonly stateRoot: string }): Cgroups {
  const bases = cgroupBases(read("/proc/self/mountinfo"), read("/proc/self/cgroup"));
  const isRoot = process.getuid?.() === 0;
  const name = groupName(project, stateRoot);
  for (const base of new Set([...Object.values(bases.v1), bases.v2?.own, bases.v2?.top])) {
    if (base) removeAbandoned(join(base, MESHWISE));
  }
  const found = openV2(bases, name, isRoot) ?? openV1(bases, name);
  if (!found) return { version: "none", project: {}, limitations: [noneText(bases, isRoot)] };
  const directories = [...new Set(Object.values(found.project))];
  try {
    noteGroups(stateRoot, directories);
  } catch (thrown) {
    // what is not noted, on a full disk, would stay
    for (const directory of directories) attempt(() => rmdirSync(directory));
    throw thrown;
  }
  for (const directory of directories) markOwner(directory);
  return { ...found, limitations: missingText(found.project) };
}

type Found = Pick<Cgroups, "version" | "project">;

function openV1({ v1, v2 }: Bases, name: string): Found | undefined {
  const made: Partial<Record<Controller, string>> = {};
  for (const controller of CONTROLLERS) {
    const base = v1[controller];
    if (!base) continue;
    const directory = join(base, MESHWISE, name);
    if (makeOwn(directory)) made[controller] = directory;
  }
  // an empty version 2 beside version 1, as systemd's hybrid layout has, tells what groups wait for
  const beside = v2 && join(v2.own, MESHWISE, name);
  if (Object.keys(made).length > 0 && beside && makeOwn(beside)) made.pressure = beside;
  return Object.keys(made).length > 0 ? { version: "v1", project: made } : undefined;
}

function openV2({ v2 }: Bases, name: string, isRoot: boolean): Found | undefined {
  if (!v2) return undefined;
  // root divides the topmost group, which may hold processes; nobody else may
  const base = isRoot ? v2.top : v2.own;
  const available = words(read(join(base, "cgroup.controllers")));
  const wanted = ["cpu", "memory", "pids", "io"].filter((controller) => available.includes(controller));
  if (wanted.length === 0 || !isWritable(join(base, "cgroup.subtree_control"))) return undefined;

  const directory = join(base, MESHWISE, name);
  if (!makeOwn(directory)) return undefined;
  if (!give(base, wanted)) {
    moveProcesses(base, join(base, `${MESHWISE}.host`));
    if (!give(base, wanted)) return undefined;
  }
  give(join(base, MESHWISE), wanted);
  give(directory, wanted);
  const given = words(read(join(directory, "cgroup.subtree_control")));
  const made: Partial<Record<Controller, string>> = {};
  for (const controller of CONTROLLERS) {
    // CPU time and pressure are told of every group, with or without the controllers
    if (controller === "cpuacct" || controller === "pressure" || given.includes(controller))
      made[controller] = directory;
  }
  return { version: "v2", project: made };
}

/** One that stands there already may be another user's, where we could neither join nor make anything. */
function makeOwn(directory: string): boolean {
  return attempt(() => mkdirSync(directory, { recursive: true })) && isWritable(join(directory, "cgroup.procs"));
}

function give(directory: string, controllers: readonly string[]): boolean {
  const value = controllers.map((controller) => `+${controller}`).join(" ");
  return attempt(() => writeFileSync(join(directory, "cgroup.subtree_control"), value));
}

function moveProcesses(from: string, to: string): void {
  if (!attempt(() => mkdirSync(to, { recursive: true }))) return;
  for (const pid of words(read(join(from, "cgroup.procs")))) {
    attempt(() => writeFileSync(join(to, "cgroup.procs"), pid));
  }
}

function noneText({ v1, v2 }: Bases, isRoot: boolean): string {
  const lost = "limits of cpu, memory and pids are not enforced, and throttling and pressure are not seen";
  if (isRoot) return `${lost}: no cgroup can be made here; mount /sys/fs/cgroup writable`;
  if (v2 && Object.keys(v1).length === 0)
    return `${lost}: the login session has no cgroup of its own; start with \`${DELEGATE}\``;
  return `${lost}: this host has cgroup v1, which only root can divide; run \`sudo meshwise up\``;
}

function missingText(project: Cgroups["project"]): string[] {
  return (["cpu", "memory", "pids"] as const)
    .filter((controller) => !project[controller])
    .map(
      (controller) =>
        `limits of ${controller} are not enforced: this cgroup lacks the controller; add \`${controller}\` to Delegate= of user@.service (\`systemctl edit user@.service\`)`,
    );
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function isWritable(path: string): boolean {
  return attempt(() => accessSync(path, constants.W_OK));
}

function attempt(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
