// What the draw may choose from: the workloads that run, what they use, and what the shop sells.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../src/base/clock.ts";
import type { Scene } from "./fault.ts";
import { processesOf, type Shop, type Workload } from "./shop.ts";

const LOOK_MS = 3_000;
const TICKS_PER_SECOND = 100; // USER_HZ, the unit of times in /proc

export async function sceneOf(shop: Shop, clock: Clock): Promise<Scene> {
  const workloads = await shop.workloads();
  const before = new Map(workloads.map(({ id, ...one }) => [id, usedSeconds(one)]));
  const start = clock.monotonicMs();
  await clock.sleep(LOOK_MS);
  const seconds = (clock.monotonicMs() - start) / 1000;
  const used = new Map(workloads.map((one) => [one.id, (usedSeconds(one) - (before.get(one.id) ?? 0)) / seconds]));
  const list = readFileSync(join(shop.files, "services", "catalog", "products.tsv"), "utf8");
  const products = list
    .split("\n")
    .slice(1)
    .flatMap((line) => line.split("\t")[1] || []);
  return { workloads, products, cores: ({ id }) => used.get(id) ?? 0 };
}

/** CPU time of all of its processes */
function usedSeconds(workload: Pick<Workload, "pid">): number {
  return processesOf(workload).reduce((sum, pid) => sum + ticks(pid), 0) / TICKS_PER_SECOND;
}

function ticks(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user, system] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13);
    return Number(user) + Number(system);
  } catch {
    return 0; // it has ended
  }
}
