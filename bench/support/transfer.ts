// Large bodies through a proxy: how fast they go, and what CPU time they take.
import { LOAD_CORE, pidsOf } from "../contenders/contender.ts";
import { runPinned } from "./children.ts";
import { cpuBetween, readCpu } from "./cpu-time.ts";
import type { Runner } from "./field.ts";

export type Direction = "down" | "up";
/** so many bodies of so many bytes, one after the other */
export type Job = { readonly direction: Direction; readonly bytes: number; readonly count: number };
/** bytes per second; CPU seconds of the proxy per GiB */
export type Pace = { readonly bytesPerS: number; readonly cpuSPerGib: number };

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

/** @param program path of the compiled transfer.c */
export async function transfer(program: string, runner: Runner, { direction, bytes, count }: Job): Promise<Pace> {
  const pids = pidsOf(runner);
  const before = readCpu(...pids);
  const output = await runPinned(LOAD_CORE, [program, String(runner.port), direction, String(bytes), String(count)]);
  const cpuNs = cpuBetween(before, readCpu(...pids));
  const passed = JSON.parse(output) as { readonly bytes: number; readonly ns: number };
  return { bytesPerS: passed.bytes / (passed.ns / 1e9), cpuSPerGib: cpuNs / 1e9 / (passed.bytes / GIB) };
}

export function sizeName(bytes: number): string {
  return bytes >= GIB ? `${bytes / GIB} GiB` : `${bytes / MIB} MiB`;
}
