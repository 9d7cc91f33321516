// One workload's cgroup: limits, figures, and its end.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { ResourceLimits } from "../../model/project.ts";
import type { ResourceSample } from "../../model/resources.ts";
import type { Cgroups } from "./cgroups.ts";
import { removeTree } from "./leftovers.ts";
import { limitSettings, type ReadFile, readOomKills, readSample } from "./limits.ts";
import { descendants, watchTasks } from "./tasks.ts";

export type Group = {
  /** files to write a pid into, to make a process a member */
  readonly procs: readonly string[];
  /** limits that could not be set, for a person */
  readonly unenforced: readonly string[];
  /** @param pid the first process of its PID namespace: without a group, those below it are its members */
  sample(pid?: number): ResourceSample;
  /** how often the kernel ended a member for want of memory */
  oomKills(): number;
  /** when its last process has ended */
  remove(clock: Clock): Promise<void>;
};

/** @param name unique among the project's live workloads */
export function createGroup({ version, project }: Cgroups, name: string, limits: ResourceLimits): Group {
  if (version === "none") {
    const unenforced = limitSettings("v2", limits).map(({ limit }) => limit);
    const tasks = watchTasks();
    return { ...NONE, unenforced, sample: (pid) => (pid === undefined ? {} : tasks.sample(descendants(pid))) };
  }

  const directories = new Set<string>();
  for (const parent of new Set(Object.values(project))) {
    const directory = join(parent, name);
    try {
      mkdirSync(directory, { recursive: true });
      directories.add(directory);
    } catch {
      // its limits are told below
    }
  }
  const unenforced = new Set<string>();
  for (const { controller, file, value, limit } of limitSettings(version, limits)) {
    try {
      writeFileSync(join(project[controller] ?? "/nonexistent", name, file), value);
    } catch {
      unenforced.add(limit);
    }
  }
  const read: ReadFile = (controller, file) => {
    try {
      return readFileSync(join(project[controller] ?? "/nonexistent", name, file), "utf8");
    } catch {
      return undefined;
    }
  };
  const tasks = watchTasks();
  /** processes of ours wait inside the group too, but sleep */
  const members = () => {
    const [directory] = directories;
    if (directory === undefined) return [];
    try {
      return readFileSync(join(directory, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
    } catch {
      return [];
    }
  };
  return {
    procs: [...directories].map((directory) => join(directory, "cgroup.procs")),
    unenforced: [...unenforced],
    // what the group counts itself is exact, so it comes last
    sample: () => ({ ...tasks.sample(members()), ...readSample(version, read) }),
    oomKills: () => readOomKills(version, read),
    async remove(clock) {
      for (const directory of directories) await removeTree(directory, clock);
    },
  };
}

const NONE: Group = { procs: [], unenforced: [], sample: () => ({}), oomKills: () => 0, remove: async () => {} };
