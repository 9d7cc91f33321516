// One workload's cgroup: limits, figures, and its end.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { ResourceLimits } from "../../model/project.ts";
import type { ResourceSample } from "../../model/workload.ts";
import type { Cgroups } from "./cgroups.ts";
import { removeTree } from "./leftovers.ts";
import { limitSettings, type ReadFile, readOomKills, readSample } from "./limits.ts";

export type Group = {
  /** files to write a pid into, to make a process a member */
  readonly procs: readonly string[];
  /** limits that could not be set, for a person */
  readonly unenforced: readonly string[];
  sample(): ResourceSample;
  /** how often the kernel ended a member for want of memory */
  oomKills(): number;
  /** when its last process has ended */
  remove(clock: Clock): Promise<void>;
};

/** @param name unique among the project's live workloads */
export function createGroup({ version, project }: Cgroups, name: string, limits: ResourceLimits): Group {
  if (version === "none") return { ...NONE, unenforced: limitSettings("v2", limits).map(({ limit }) => limit) };

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
  return {
    procs: [...directories].map((directory) => join(directory, "cgroup.procs")),
    unenforced: [...unenforced],
    sample: () => readSample(version, read),
    oomKills: () => readOomKills(version, read),
    async remove(clock) {
      for (const directory of directories) await removeTree(directory, clock);
    },
  };
}

const NONE: Group = { procs: [], unenforced: [], sample: () => ({}), oomKills: () => 0, remove: async () => {} };
