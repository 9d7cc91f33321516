// What our own processes use, for `ps` and the page: the host and the observatory measured here, the others as the runner
// reports them.
import { readdirSync, readFileSync } from "node:fs";
import { ownProcesses } from "../../agent/supervisor/own-processes.ts";
import type { Clock } from "../../base/clock.ts";
import type { OwnProcess } from "../../model/messages.ts";
import type { ProcessSample } from "../../model/telemetry.ts";

type Reported = {
  readonly processes: readonly OwnProcess[];
  readonly sandboxPid: number | undefined;
  readonly observatoryPid: number | undefined;
};

export function allProcesses(clock: Clock): (reported: Reported) => readonly ProcessSample[] {
  const measure = ownProcesses(clock);
  return ({ processes, sandboxPid, observatoryPid }) => [
    ...measure([
      { role: "host" as const, index: 0, pid: process.pid },
      ...(observatoryPid === undefined ? [] : [{ role: "observatory" as const, index: 0, pid: observatoryPid }]),
    ]),
    ...seenFromHost(processes, sandboxPid),
  ];
}

/** The runner knows its processes by their pids inside the sandbox; people need those that `kill` and `top` take here. One
 *  that is not there any more has ended since the runner told of it. */
function seenFromHost(processes: readonly OwnProcess[], sandboxPid: number | undefined): readonly ProcessSample[] {
  const outer = sandboxPid === undefined ? new Map<number, number>() : outerPids(sandboxPid);
  return processes.flatMap((process) => {
    const pid = outer.get(process.pid);
    return pid === undefined ? [] : [{ ...process, pid }];
  });
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
