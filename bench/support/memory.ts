// Memory of a process and its children, as the kernel accounts it.
import { readFileSync, writeFileSync } from "node:fs";
import { family } from "./family.ts";

const BYTES_PER_KB = 1024;

/** bytes: private pages, and of shared ones this family's part */
export function pssOf(pid: number): number {
  return sum(pid, "smaps_rollup", "Pss");
}

/** bytes: the most that was resident since `forgetPeak` */
export function peakOf(pid: number): number {
  return sum(pid, "status", "VmHWM");
}

export function forgetPeak(pid: number): void {
  for (const member of family(pid)) writeFileSync(`/proc/${member}/clear_refs`, "5");
}

function sum(pid: number, file: string, name: string): number {
  return family(pid).reduce((bytes, member) => bytes + readField(`/proc/${member}/${file}`, name), 0);
}

function readField(path: string, name: string): number {
  const line = readFileSync(path, "utf8")
    .split("\n")
    .find((one) => one.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`${path} has no ${name}`);
  return Number.parseInt(line.slice(name.length + 1), 10) * BYTES_PER_KB;
}
