// CPU time of a process and its children, as the kernel accounts it: ns per thread from schedstat. When a thread ended
// in between, its share is only in the process's own sum, which is exact to a clock tick (10 ms): that is then taken.
import { readdirSync, readFileSync } from "node:fs";
import { family, unlessGone } from "./family.ts";

export type CpuReading = {
  /** thread id → ns */
  readonly threads: ReadonlyMap<number, number>;
  /** utime + stime of the processes, dead threads included */
  readonly ticksNs: number;
};

const NS_PER_TICK = 10_000_000;

/** @param pids each with its children */
export function readCpu(...pids: readonly number[]): CpuReading {
  const threads = new Map<number, number>();
  let ticksNs = 0;
  for (const process of pids.flatMap(family)) {
    ticksNs += unlessGone(() => readTicks(process), 0) * NS_PER_TICK;
    for (const tid of unlessGone(() => readdirSync(`/proc/${process}/task`), [])) {
      const onCpu = unlessGone(
        () => readFileSync(`/proc/${process}/task/${tid}/schedstat`, "utf8").split(" ")[0],
        undefined,
      );
      if (onCpu !== undefined) threads.set(Number(tid), Number(onCpu));
    }
  }
  return { threads, ticksNs };
}

/** ns of CPU time from `before` to `after` */
export function cpuBetween(before: CpuReading, after: CpuReading): number {
  let sum = 0;
  for (const [tid, ns] of after.threads) sum += ns - (before.threads.get(tid) ?? 0);
  for (const tid of before.threads.keys()) if (!after.threads.has(tid)) return after.ticksNs - before.ticksNs;
  return sum;
}

function readTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Behind the name, which may hold anything: state is field 3, utime 14, stime 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
