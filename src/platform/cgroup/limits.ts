// A workload's limits and figures as the kernel's cgroup files spell them, for both versions.
import { pressureUs } from "../../base/pressure.ts";
import type { ResourceLimits } from "../../model/project.ts";
import type { ResourceSample } from "../../model/resources.ts";
import type { Controller } from "./bases.ts";

export type Setting = {
  readonly controller: Controller;
  readonly file: string;
  readonly value: string;
  /** for a person: what is not enforced when it cannot be written */
  readonly limit: string;
};

const PAGE_BYTES = 4096;
const PERIOD_US = 100_000;
/** processes of ours inside each workload's group: unshare, init.sh, and two while it is being made */
const OUR_PROCESSES = 4;

export function limitSettings(version: "v1" | "v2", { cpus, memoryBytes, pids }: ResourceLimits): Setting[] {
  const settings: Setting[] = [];
  if (cpus !== undefined) {
    const quota = Math.max(1000, Math.round(cpus * PERIOD_US)); // the kernel takes no less than 1 ms
    const cpu = { controller: "cpu", limit: `cpus ${cpus}` } as const;
    if (version === "v2") settings.push({ ...cpu, file: "cpu.max", value: `${quota} ${PERIOD_US}` });
    else {
      settings.push({ ...cpu, file: "cpu.cfs_period_us", value: String(PERIOD_US) });
      settings.push({ ...cpu, file: "cpu.cfs_quota_us", value: String(quota) });
    }
  }
  if (memoryBytes !== undefined) {
    const file = version === "v2" ? "memory.max" : "memory.limit_in_bytes";
    settings.push({ controller: "memory", file, value: String(memoryBytes), limit: `memory ${memoryBytes}` });
  }
  if (pids !== undefined) {
    const value = String(pids + OUR_PROCESSES);
    settings.push({ controller: "pids", file: "pids.max", value, limit: `pids ${pids}` });
  }
  return settings;
}

/** Reads a file of the group; undefined when it cannot be read. */
export type ReadFile = (controller: Controller, file: string) => string | undefined;

export function readSample(version: "v1" | "v2", read: ReadFile): ResourceSample {
  return version === "v2" ? sampleV2(read) : sampleV1(read);
}

function sampleV2(read: ReadFile): ResourceSample {
  // every group counts CPU time; throttling is counted where the controller is
  const cpu = fields(read("cpuacct", "cpu.stat"));
  const current = number(read("memory", "memory.current"));
  const memory = fields(read("memory", "memory.stat"));
  return present({
    ...pressure(read),
    ...operations(read("io", "io.stat"), / rios=(\d+)/g, / wios=(\d+)/g),
    refaultBytes: refaultBytes(memory.workingset_refault_file, memory.workingset_refault_anon),
    oomKills: fields(read("memory", "memory.events")).oom_kill,
    cpuUs: cpu.usage_usec,
    throttledUs: cpu.throttled_usec,
    memoryBytes: workingSet(current, memory.inactive_file),
  });
}

function sampleV1(read: ReadFile): ResourceSample {
  const usageNs = number(read("cpuacct", "cpuacct.usage"));
  const throttledNs = fields(read("cpu", "cpu.stat")).throttled_time;
  const current = number(read("memory", "memory.usage_in_bytes"));
  const memory = fields(read("memory", "memory.stat"));
  return present({
    ...pressure(read),
    ...operations(read("blkio", "blkio.throttle.io_serviced"), / Read (\d+)/g, / Write (\d+)/g),
    refaultBytes: refaultBytes(memory.total_workingset_refault_file, memory.total_workingset_refault_anon),
    oomKills: fields(read("memory", "memory.oom_control")).oom_kill,
    cpuUs: usageNs === undefined ? undefined : Math.floor(usageNs / 1000),
    throttledUs: throttledNs === undefined ? undefined : Math.floor(throttledNs / 1000),
    memoryBytes: workingSet(current, memory.total_inactive_file),
  });
}

/** of all devices; nothing where the host does not tell, while what has not asked of storage yet has no line */
function operations(text: string | undefined, reads: RegExp, writes: RegExp): Partial<ResourceSample> {
  if (text === undefined) return {};
  const sum = (pattern: RegExp) => [...text.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
  return { readOps: sum(reads), writeOps: sum(writes) };
}

/** the kernel counts pages */
function refaultBytes(file: number | undefined, anon: number | undefined): number | undefined {
  return file === undefined ? undefined : (file + (anon ?? 0)) * PAGE_BYTES;
}

function pressure(read: ReadFile): Partial<ResourceSample> {
  const total = (of: string, kind: "some" | "full") => pressureUs(read("pressure", `${of}.pressure`), kind);
  return present({
    cpuSomeUs: total("cpu", "some"),
    ioSomeUs: total("io", "some"),
    ioFullUs: total("io", "full"),
    memorySomeUs: total("memory", "some"),
    memoryFullUs: total("memory", "full"),
  });
}

/** how often the kernel ended a process of the group for want of memory */
export function readOomKills(version: "v1" | "v2", read: ReadFile): number {
  const text = version === "v2" ? read("memory", "memory.events") : read("memory", "memory.oom_control");
  return fields(text).oom_kill ?? 0;
}

/** without the page cache that the kernel would give back at once, as `docker stats` counts */
function workingSet(current: number | undefined, inactiveFile = 0): number | undefined {
  return current === undefined ? undefined : Math.max(0, current - inactiveFile);
}

/** lines of `name number` */
function fields(text = ""): Readonly<Record<string, number | undefined>> {
  return Object.fromEntries(text.split("\n").map((line) => [line.split(" ")[0], number(line.split(" ")[1])]));
}

function number(text: string | undefined): number | undefined {
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function present(sample: { readonly [Name in keyof ResourceSample]: number | undefined }): ResourceSample {
  return Object.fromEntries(Object.entries(sample).filter(([, value]) => value !== undefined));
}
