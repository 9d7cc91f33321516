// What our own processes use, from /proc. Proportional memory is costly to read (the kernel walks every page), so it is
// read seldom.
import { readFileSync } from "node:fs";
import type { Clock } from "../../base/clock.ts";
import type { OwnProcess } from "../../model/messages.ts";

const PSS_EVERY_MS = 5000;
/** µs per clock tick of /proc/<pid>/stat; USER_HZ is 100 on every Linux that Bun runs on */
const TICK_US = 10_000;

export type Watched = Pick<OwnProcess, "role" | "index" | "pid">;
type Usage = Pick<OwnProcess, "cpuUs" | "pssBytes">;

/** Those that have ended are left out. */
export function ownProcesses(
  clock: Clock,
): <T extends { readonly pid: number }>(watched: readonly T[]) => (T & Usage)[] {
  const memory = new Map<number, { pssBytes: number; readAt: number }>();

  const pssOf = (pid: number): number => {
    const known = memory.get(pid);
    if (known && clock.monotonicMs() - known.readAt < PSS_EVERY_MS) return known.pssBytes;
    const pssBytes = readPss(pid) ?? known?.pssBytes ?? 0;
    memory.set(pid, { pssBytes, readAt: clock.monotonicMs() });
    return pssBytes;
  };

  return (watched) => {
    for (const pid of [...memory.keys()]) if (!watched.some((one) => one.pid === pid)) memory.delete(pid);
    return watched.flatMap((one) => {
      const cpuUs = readCpu(one.pid);
      return cpuUs === undefined ? [] : [{ ...one, cpuUs, pssBytes: pssOf(one.pid) }];
    });
  };
}

function readCpu(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // the second field is the program's name in parentheses and may contain anything
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

function readPss(pid: number): number | undefined {
  const match = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "");
  return match ? Number(match[1]) * 1024 : undefined;
}

/** The process that does the work, when a program such as unshare waits in front of it. */
export function behindWrappers(pid: number): number {
  if (read(`/proc/${pid}/comm`)?.trim() !== "unshare") return pid;
  const child = Number(read(`/proc/${pid}/task/${pid}/children`)?.trim().split(" ")[0]);
  return child > 0 ? behindWrappers(child) : pid;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // it ended, or is not ours to read
  }
}
