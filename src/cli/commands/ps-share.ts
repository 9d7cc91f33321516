// What the mesh itself costs: its processes' CPU, in cores and as a share of all that the project uses.
import type { HostState } from "../../api/host-types.ts";
import { processKey, type Shares } from "./ps-columns.ts";

export type MeshShare = {
  /** CPU seconds per second */
  readonly cpuCores: number;
  /** of what mesh and workloads use together, 0…1; absent where this host does not tell what workloads use */
  readonly cpuShare?: number;
};

/** Since the project was started, of what runs now: what ended took its figures along. */
export function shareSinceStart({ processes, workloads, startedAtUs }: HostState, nowUs: number): MeshShare {
  const overUs = Math.max(1, nowUs - startedAtUs);
  return shareOf(
    processes.map(({ cpuUs }) => (cpuUs === undefined ? undefined : cpuUs / overUs)),
    workloads.map(({ resources }) => (resources?.cpuUs === undefined ? undefined : resources.cpuUs / overUs)),
  );
}

export function shareNow({ processes, workloads }: HostState, shares: Shares): MeshShare {
  return shareOf(
    processes.map((row) => shares.get(processKey(row))),
    workloads.map((row) => shares.get(row.id)),
  );
}

/** `The mesh uses 4.2% of a core since the start, 6.1% of all CPU that it and the workloads use.` */
export function shareLine({ cpuCores, cpuShare }: MeshShare, when: string): string {
  const ofAll = cpuShare === undefined ? "" : `, ${percent(cpuShare)} of all CPU that it and the workloads use`;
  return `The mesh uses ${percent(cpuCores)} of a core ${when}${ofAll}.`;
}

type Cores = readonly (number | undefined)[];

function shareOf(mesh: Cores, workloads: Cores): MeshShare {
  const cpuCores = sum(mesh);
  const all = cpuCores + sum(workloads);
  const isTold = all > 0 && (workloads.length === 0 || workloads.some((cores) => cores !== undefined));
  return isTold ? { cpuCores, cpuShare: cpuCores / all } : { cpuCores };
}

function sum(values: Cores): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
