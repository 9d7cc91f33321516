// Removes cgroups, also those whose project was ended with kill -9. Processes, namespaces and mounts of such a project are
// ended by the kernel; a cgroup without processes stays for ever.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Clock, systemClock } from "../../base/clock.ts";
import { stateDirectory } from "../../model/state-directory.ts";
import { tryLock } from "../../sys/lock.ts";
import { directoriesIn, tryRemove } from "./directories.ts";

/** file in a project's state directory: one directory of /sys/fs/cgroup per line */
const NOTE = "cgroups";
const TRIES = 50;
const BETWEEN_TRIES_MS = 20;

/**
 * Directory name of a project's group. Two state directories may hold projects of one name, and whoever removes a group
 * ends everything in it: so the state directory is part of the name.
 */
export function groupName(project: string, stateRoot: string): string {
  return `${project}-${Bun.hash.crc32(stateRoot).toString(16).padStart(8, "0")}`;
}

export function noteGroups(stateRoot: string, directories: readonly string[]): void {
  writeFileSync(join(stateRoot, NOTE), `${directories.join("\n")}\n`);
}

/**
 * Called by a host at its start, which holds its own project's lock, and at its end when the sandbox is gone. Also sweeps
 * what other projects under the same state home left whose host is dead.
 * @returns the names of the projects that had left something
 */
export async function removeLeftovers(
  { stateHome, project }: { readonly stateHome: string; readonly project: string },
  clock: Clock = systemClock,
): Promise<string[]> {
  const swept: string[] = [];
  for (const name of directoriesIn(stateHome)) {
    const { root, lock } = stateDirectory(name, { MESHWISE_STATE_DIR: stateHome });
    if (notedGroups(root, name).length === 0) continue;
    const held = name === project ? undefined : tryLock(lock);
    if (held === "held") continue;
    try {
      for (const directory of notedGroups(root, name)) {
        await removeTree(directory, clock);
        tryRemove(dirname(directory)); // `meshwise`, when this was the last project in it
      }
      rmSync(join(root, NOTE), { force: true });
      swept.push(name);
    } finally {
      held?.release();
    }
  }
  return swept;
}

/** Ends every process in the group and below, then removes it; gives up after a second. */
export async function removeTree(directory: string, clock: Clock): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const groups = groupsIn(directory);
    for (const group of groups) endProcesses(group);
    // deepest first; the kernel is a moment late to notice that the last process is gone
    if (groups.reverse().map(tryRemove).every(Boolean)) return;
    await clock.sleep(BETWEEN_TRIES_MS);
  }
}

function endProcesses(group: string): void {
  let pids: string[];
  try {
    pids = readFileSync(join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean);
  } catch {
    return;
  }
  for (const pid of pids) {
    // 0: a process of another PID namespace, which ends with that
    if (pid === "0") continue;
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // it has ended
    }
  }
}

function groupsIn(directory: string): string[] {
  return [directory, ...directoriesIn(directory).flatMap((name) => groupsIn(join(directory, name)))];
}

/** The note is only believed when it names groups of this project: everything in them is about to be killed. */
function notedGroups(root: string, project: string): string[] {
  try {
    return readFileSync(join(root, NOTE), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("/") && !line.includes("/../"))
      .filter((line) => basename(line) === groupName(project, root) && basename(dirname(line)) === "meshwise");
  } catch {
    return [];
  }
}
