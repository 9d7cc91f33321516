// A look at what a worker spends its time and memory on, for `meshwise debug profile`.
import { heapStats, profile } from "bun:jsc";
import type { Clock } from "../../base/clock.ts";

const PERIOD_MS = 1000;
const SAMPLE_US = 500;

export type Profile = {
  readonly periodMs: number;
  /** CPU time of the whole process in that period, µs */
  readonly cpuUs: number;
  readonly memory: NodeJS.MemoryUsage;
  readonly objects: number;
  /** functions by how often they were running, as the engine writes it */
  readonly functions: string;
};

let underWay: Promise<Profile> | undefined;

/** Takes a second; who asks meanwhile gets the same one. */
export function takeProfile(clock: Clock): Promise<Profile> {
  underWay ??= measure(clock).finally(() => {
    underWay = undefined;
  });
  return underWay;
}

async function measure(clock: Clock): Promise<Profile> {
  const start = process.cpuUsage();
  const samples = await profile(() => clock.sleep(PERIOD_MS), SAMPLE_US);
  const { user, system } = process.cpuUsage(start);
  return {
    periodMs: PERIOD_MS,
    cpuUs: user + system,
    memory: process.memoryUsage(),
    objects: heapStats().objectCount,
    functions: String(samples.functions).trim(),
  };
}
