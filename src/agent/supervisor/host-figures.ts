// What all of this host does and waits for, in the figures that a workload has; all cumulated since it was booted.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pressureUs } from "../../base/pressure.ts";
import type { ResourceSample } from "../../model/resources.ts";

/** USER_HZ is 100 on every Linux that Bun runs on */
const TICK_US = 10_000;
const SECTOR_BYTES = 512;
const KIB = 1024;

/** What this kernel does not tell is absent. */
export function hostFigures(proc = "/proc", blocks = "/sys/block"): ResourceSample {
  const text = (path: string) => read(join(proc, path));
  const [cpu, io, memory] = ["cpu", "io", "memory"].map((name) => text(`pressure/${name}`));
  return present({
    ...processors(text("stat")),
    cpuSomeUs: pressureUs(cpu, "some"),
    ioSomeUs: pressureUs(io, "some"),
    ioFullUs: pressureUs(io, "full"),
    memorySomeUs: pressureUs(memory, "some"),
    memoryFullUs: pressureUs(memory, "full"),
    memoryBytes: usedBytes(text("meminfo")),
    majorFaults: line(text("vmstat"), "pgmajfault"),
    oomKills: line(text("vmstat"), "oom_kill"),
    ...storage(text("diskstats"), blocks),
  });
}

/** proc_stat(5), the line of all CPUs: user nice system idle iowait irq softirq steal … */
function processors(stat: string | undefined): Pick<ResourceSample, "cpuUs" | "stealUs"> {
  const ticks = /^cpu +(.*)$/m
    .exec(stat ?? "")?.[1]
    ?.split(" ")
    .map(Number);
  if (!ticks) return {};
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal] = ticks;
  const busy = { cpuUs: (user + nice + system + irq + softirq) * TICK_US };
  return steal === undefined ? busy : { ...busy, stealUs: steal * TICK_US };
}

function usedBytes(meminfo: string | undefined): number | undefined {
  const [total, available] = [line(meminfo, "MemTotal:"), line(meminfo, "MemAvailable:")];
  return total === undefined || available === undefined ? undefined : (total - available) * KIB;
}

/** Of whole devices: what their partitions do is counted with them, and what stands on others would be counted twice. */
function storage(diskstats: string | undefined, blocks: string): Partial<Record<keyof ResourceSample, number>> {
  if (diskstats === undefined) return {};
  const whole = new Set(list(blocks).filter((name) => !/^(?:loop|ram|dm-|md|zram)/.test(name)));
  const rows = diskstats
    .split("\n")
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , name = ""]) => whole.has(name));
  const sum = (at: number) => rows.reduce((total, row) => total + Number(row[at]), 0);
  return { readOps: sum(3), readBytes: sum(5) * SECTOR_BYTES, writeOps: sum(7), writeBytes: sum(9) * SECTOR_BYTES };
}

/** `name value`, with more blanks between or fewer */
function line(text: string | undefined, name: string): number | undefined {
  const found = new RegExp(`^${name} +(\\d+)`, "m").exec(text ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}

function present(figures: { readonly [Name in keyof ResourceSample]: number | undefined }): ResourceSample {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
