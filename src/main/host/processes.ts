// What our own processes use, for `ps`: the host and the observatory measured here, the others as the runner reports them.
import { readdirSync, readFileSync } from "node:fs";
import type { OwnProcess } from "../../model/messages.ts";
import type { ProcessSample } from "../../model/telemetry.ts";

/** USER_HZ, which Linux fixes for /proc at 100 */
const TICK_US = 10_000;

/** undefined when there is no such process (any more) */
export function sampleProcess(role: ProcessSample["role"], pid: number): ProcessSample | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc_pid_stat(5): the name may hold spaces and brackets; utime and stime are the 14th and 15th field
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const cpuUs = (Number(fields[11]) + Number(fields[12])) * TICK_US;
    const pss = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
    return { role, index: 0, pid, cpuUs, ...(pss ? { pssBytes: Number(pss) * 1024 } : {}) };
  } catch {
    return undefined;
  }
}

/** The runner knows its processes by their pids inside the sandbox; people need those that `kill` and `top` take here. */
export function seenFromHost(
  processes: readonly OwnProcess[],
  sandboxPid: number | undefined,
): readonly ProcessSample[] {
  const outer = sandboxPid === undefined ? new Map<number, number>() : outerPids(sandboxPid);
  return processes.map((process) => ({ ...process, pid: outer.get(process.pid) ?? process.pid }));
}

/** pid inside the sandbox → pid here */
function outerPids(sandboxPid: number): ReadonlyMap<number, number> {
  const pids = new Map<number, number>();
  const parents = new Map<number, number>();
  const inner = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const status = readStatus(pid);
    const found = /^PPid:\s+(\d+)$/m.exec(status)?.[1];
    // NSpid: one pid per PID namespace, ours first
    const levels = /^NSpid:\s+(.+)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
    if (found) parents.set(pid, Number(found));
    if (levels.length >= 2) inner.set(pid, Number(levels[1]));
  }
  for (const [pid, insidePid] of inner) if (descendsFrom(pid, sandboxPid, parents)) pids.set(insidePid, pid);
  return pids;
}

function descendsFrom(pid: number, ancestor: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
    if (at === ancestor) return true;
  return false;
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}
