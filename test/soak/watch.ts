// Looks at the mesh's own processes from outside: memory and descriptors, as the kernel counts them.
import { readdirSync, readFileSync } from "node:fs";
import type { ProcessSample } from "../../src/model/telemetry.ts";
import type { Course, Sample } from "./judge.ts";

export type Watch = {
  look(atMs: number): void;
  courses(): readonly Course[];
  /** those that ended, by name */
  readonly gone: ReadonlySet<string>;
};

export function watch(processes: readonly Pick<ProcessSample, "role" | "index" | "pid">[]): Watch {
  const gone = new Set<string>();
  const watched = processes.map(({ role, index, pid }) => ({
    name: role === "worker" ? `worker-${index}` : role,
    pid,
    samples: [] as Sample[],
  }));
  return {
    gone,
    look(atMs) {
      for (const { name, pid, samples } of watched) {
        const sample = look(pid);
        if (sample) samples.push({ atMs, ...sample });
        else gone.add(name);
      }
    },
    courses: () => watched.map(({ name, samples }) => ({ name, samples })),
  };
}

function look(pid: number): Omit<Sample, "atMs"> | undefined {
  try {
    const pss = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
    return { pssBytes: Number(pss) * 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}
