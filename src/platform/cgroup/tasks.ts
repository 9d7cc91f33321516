// What the tasks of a workload did and waited for, added up from /proc. The kernel forgets a task's figures when it ends,
// so what each had at the last look is remembered, and only what it rose by is added.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ResourceSample } from "../../model/resources.ts";

/** tasks that are looked at; a program with more is told by the first ones */
const MOST_TASKS = 2048;
const PAGE_BYTES = 4096;
/** µs of a clock tick in /proc/<pid>/stat; USER_HZ is 100 on every Linux that Bun runs on */
const TICK_US = 10_000;

/** of the CPU time of a second, done by the tasks whose waiting counts */
const WORKING_SHARE = 0.9;

type Task = { cpuUs: number; delayUs: number; ioUs: number };
type Process = { readBytes: number; writeBytes: number; faults: number };

export type Tasks = {
  /** @param pids all processes of the workload */
  sample(pids: readonly number[]): ResourceSample;
};

/** @param proc where procfs is mounted */
export function watchTasks(proc = "/proc"): Tasks {
  let tasks = new Map<string, Task>();
  let processes = new Map<number, Process>();
  const sum = { cpuUs: 0, runDelayUs: 0, mainCpuUs: 0, mainDelayUs: 0, ioDelayUs: 0 };
  const used = { readBytes: 0, writeBytes: 0, majorFaults: 0 };

  return {
    sample(pids) {
      const hasIoDelays = read(join(proc, "sys/kernel/task_delayacct"))?.trim() === "1";
      const nowTasks = new Map<string, Task>();
      const nowProcesses = new Map<number, Process>();
      const rises: Task[] = [];
      let main: { readonly all: Task; readonly rise: Task } | undefined;
      let memoryBytes = 0;

      for (const pid of pids) {
        const directory = join(proc, String(pid));
        for (const tid of list(join(directory, "task"))) {
          if (nowTasks.size >= MOST_TASKS) break;
          const task = readTask(join(directory, "task", tid), hasIoDelays);
          if (!task) continue;
          const rise = risen(tasks.get(tid), task);
          nowTasks.set(tid, task);
          rises.push(rise);
          if (task.cpuUs > (main?.all.cpuUs ?? 0)) main = { all: task, rise };
          sum.cpuUs += rise.cpuUs;
          sum.ioDelayUs += rise.ioUs;
        }
        const process = readProcess(directory);
        if (!process) continue;
        const rise = risen(processes.get(pid), process);
        nowProcesses.set(pid, process);
        used.readBytes += rise.readBytes;
        used.writeBytes += rise.writeBytes;
        used.majorFaults += rise.faults;
        memoryBytes += residentBytes(directory);
      }
      const working = workingOf(rises);
      sum.runDelayUs += working.reduce((total, { delayUs }) => total + delayUs, 0);
      sum.mainCpuUs += main?.rise.cpuUs ?? 0;
      sum.mainDelayUs += main?.rise.delayUs ?? 0;
      tasks = nowTasks;
      processes = nowProcesses;

      const { ioDelayUs, ...always } = sum;
      const network = pids[0] === undefined ? {} : networkFigures(join(proc, String(pids[0]), "net"));
      return {
        ...always,
        ...used,
        memoryBytes,
        ...(hasIoDelays && { ioDelayUs }),
        ...network,
      };
    },
  };
}

/** Those that did the work: where a collector of garbage or a timer waits for a CPU, nobody waits with it. */
function workingOf(rises: readonly Task[]): Task[] {
  const sorted = rises.filter(({ cpuUs }) => cpuUs > 0).sort((a, b) => b.cpuUs - a.cpuUs);
  let missingUs = WORKING_SHARE * sorted.reduce((sum, { cpuUs }) => sum + cpuUs, 0);
  return sorted.filter(({ cpuUs }) => {
    const isOne = missingUs > 0;
    missingUs -= cpuUs;
    return isOne;
  });
}

/** The processes below one, itself included: those of its PID namespace when it is the first of that. */
export function descendants(pid: number, proc = "/proc"): number[] {
  const found = [pid];
  for (let at = 0; at < found.length && found.length < MOST_TASKS; at++) {
    const directory = join(proc, String(found[at]), "task");
    for (const tid of list(directory)) {
      const children = read(join(directory, tid, "children"))?.trim();
      if (children) found.push(...children.split(" ").map(Number));
    }
  }
  return found;
}

/** Of a counter that fell, or that was not there before, all of it is new. */
function risen<Counters extends Readonly<Record<string, number>>>(
  before: Counters | undefined,
  now: Counters,
): Counters {
  if (!before || Object.keys(now).some((name) => (now[name] as number) < (before[name] as number))) return now;
  return Object.fromEntries(
    Object.entries(now).map(([name, value]) => [name, value - (before[name] as number)]),
  ) as Counters;
}

/** proc_pid_schedstat: ns on a CPU, ns waiting for one, slices; field 42 of proc_pid_stat: ticks waiting for block I/O */
function readTask(directory: string, hasIoDelays: boolean): Task | undefined {
  const [ran, waited] = read(join(directory, "schedstat"))?.split(" ").map(Number) ?? [];
  if (ran === undefined || waited === undefined) return undefined;
  const ticks = hasIoDelays ? Number(afterName(read(join(directory, "stat")))?.[39]) : 0;
  return { cpuUs: Math.floor(ran / 1000), delayUs: Math.floor(waited / 1000), ioUs: (ticks || 0) * TICK_US };
}

function readProcess(directory: string): Process | undefined {
  const stat = afterName(read(join(directory, "stat")));
  if (!stat) return undefined;
  const io = read(join(directory, "io")) ?? "";
  const bytes = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, "m").exec(io)?.[1] ?? 0);
  return { readBytes: bytes("read_bytes"), writeBytes: bytes("write_bytes"), faults: Number(stat[9]) };
}

/** The fields after the program's name, which stands in parentheses and may contain anything; [0] is field 3. */
function afterName(stat: string | undefined): string[] | undefined {
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** proc_pid_statm: pages in all, resident, of these shared with files */
function residentBytes(directory: string): number {
  const [, resident = 0, shared = 0] = read(join(directory, "statm"))?.split(" ").map(Number) ?? [];
  return Math.max(0, resident - shared) * PAGE_BYTES;
}

type NetworkFigures = Pick<ResourceSample, "listenDrops" | "segments" | "retransmits" | "datagrams" | "datagramsTaken">;

/** of the network namespace */
function networkFigures(directory: string): NetworkFigures {
  const snmp = read(join(directory, "snmp"));
  const listenDrops = field(read(join(directory, "netstat")), "TcpExt:", "ListenDrops");
  const segments = field(snmp, "Tcp:", "OutSegs");
  const retransmits = field(snmp, "Tcp:", "RetransSegs");
  return {
    ...(listenDrops !== undefined && { listenDrops }),
    ...(segments !== undefined && { segments }),
    ...(retransmits !== undefined && { retransmits }),
    ...(isAlone(directory) && datagrams(snmp, read(join(directory, "snmp6")))),
  };
}

/** Whatever is sent there arrives there, or is lost: it has the loopback interface and no other. */
function isAlone(directory: string): boolean {
  const [, , ...interfaces] = read(join(directory, "dev"))?.trimEnd().split("\n") ?? [];
  return interfaces.length === 1 && interfaces[0]?.trimStart().startsWith("lo:") === true;
}

/** Of both IP versions. What came to a port at which nobody listens has arrived. */
function datagrams(snmp: string | undefined, snmp6 = ""): Pick<ResourceSample, "datagrams" | "datagramsTaken"> {
  const all = (name: string) => {
    const v6 = new RegExp(`^Udp6${name}\\s+(\\d+)`, "m").exec(snmp6)?.[1];
    return (field(snmp, "Udp:", name) ?? 0) + Number(v6 ?? 0);
  };
  return { datagrams: all("OutDatagrams"), datagramsTaken: all("InDatagrams") + all("NoPorts") };
}

/** two lines for each protocol, names and then values */
function field(text: string | undefined, protocol: string, name: string): number | undefined {
  const [names, values] = text?.split("\n").filter((line) => line.startsWith(`${protocol} `)) ?? [];
  const value = values?.split(" ")[names?.split(" ").indexOf(name) ?? -1];
  return value === undefined ? undefined : Number(value);
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // it ended
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // it ended, or is not ours to read
  }
}
