// The two tables of `meshwise ps`.
import type { HostState } from "../../api/host-types.ts";
import type { ProcessSample } from "../../model/telemetry.ts";
import type { WorkloadState, WorkloadStatus } from "../../model/workload.ts";
import type { Tone } from "../output/colour.ts";
import { age, bytes, count, latency, NOTHING } from "../output/format.ts";
import type { Column } from "../output/table.ts";

/** Present CPU share in cores, by workload id or by `<role>-<pid>` */
export type Shares = ReadonlyMap<string, number>;
export const NO_SHARES: Shares = new Map();

const STATE_TONE: Readonly<Partial<Record<WorkloadState, Tone>>> = {
  running: "good",
  backoff: "warning",
  failed: "bad",
  exited: "quiet",
};
const HEALTH_TONE: Readonly<Record<string, Tone>> = { healthy: "good", unhealthy: "bad", starting: "warning" };

export function workloadColumns(state: HostState, nowUs: number, shares: Shares): readonly Column<WorkloadStatus>[] {
  return [
    { title: "ID", cell: (row) => row.id },
    { title: "SERVICE", cell: (row) => row.service },
    { title: "VERSION", cell: (row) => row.version },
    { title: "STATE", cell: (row) => ({ text: stateText(row), tone: STATE_TONE[row.state] }) },
    {
      title: "HEALTH",
      cell: (row) => ({ text: row.health === "none" ? NOTHING : row.health, tone: HEALTH_TONE[row.health] }),
    },
    { title: "RESTARTS", align: "right", cell: (row) => count(row.restarts) },
    { title: "UPTIME", align: "right", cell: (row) => uptime(row, nowUs) },
    { title: "CPU", align: "right", cell: (row) => cpuTime(row.resources?.cpuUs) },
    { title: "CPU%", align: "right", wide: true, cell: (row) => share(shares.get(row.id)) },
    { title: "MEMORY", align: "right", cell: (row) => bytes(row.resources?.memoryBytes) },
    { title: "QUEUE", align: "right", wide: true, cell: (row) => count(row.resources?.listenQueue) },
    { title: "PORTS", cell: (row) => ports(row, state) },
    { title: "ADDRESS", wide: true, cell: (row) => row.address.v4 },
    { title: "REASON", wide: true, cell: (row) => row.reason ?? NOTHING },
  ];
}

export function processColumns(shares: Shares): readonly Column<ProcessSample>[] {
  return [
    { title: "MESH PROCESS", cell: (row) => (row.role === "worker" ? `worker-${row.index}` : row.role) },
    { title: "PID", align: "right", cell: (row) => count(row.pid) },
    { title: "CPU", align: "right", cell: (row) => cpuTime(row.cpuUs) },
    { title: "CPU%", align: "right", wide: true, cell: (row) => share(shares.get(processKey(row))) },
    { title: "PSS", align: "right", cell: (row) => bytes(row.pssBytes) },
  ];
}

/** @param periodUs what lies between the two, in µs */
export function cpuBetween(before: HostState, after: HostState, periodUs: number): Shares {
  const used = (state: HostState): [string, number | undefined][] => [
    ...state.workloads.map((row): [string, number | undefined] => [row.id, row.resources?.cpuUs]),
    ...state.processes.map((row): [string, number | undefined] => [processKey(row), row.cpuUs]),
  ];
  const start = new Map(used(before));
  const shares = new Map<string, number>();
  for (const [key, cpuUs] of used(after)) {
    const from = start.get(key);
    if (cpuUs !== undefined && from !== undefined && cpuUs >= from) shares.set(key, (cpuUs - from) / periodUs);
  }
  return shares;
}

export function processKey(row: ProcessSample): string {
  return `${row.role}-${row.pid}`;
}

function stateText(row: WorkloadStatus): string {
  return row.state === "exited" && row.exitCode !== undefined ? `exited (${row.exitCode})` : row.state;
}

function uptime(row: WorkloadStatus, nowUs: number): string {
  const isUp = row.state === "running" || row.state === "stopping";
  return isUp && row.startedAtUs !== undefined ? age((nowUs - row.startedAtUs) / 1e6) : NOTHING;
}

/** `127.0.0.1:8080→80` for published ones, the plain number for declared ones */
function ports(row: WorkloadStatus, { published }: HostState): string {
  const outside = published.filter(({ service }) => service === row.service);
  const inside = row.declaredPorts.filter((port) => !outside.some(({ targetPort }) => targetPort === port));
  return [
    ...outside.map(({ hostAddress, hostPort, targetPort }) => `${bracketed(hostAddress)}:${hostPort}→${targetPort}`),
    ...inside.map(String),
  ].join(", ");
}

function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

function cpuTime(us: number | undefined): string {
  return latency(us === undefined ? undefined : us / 1000);
}

function share(cores: number | undefined): string {
  return cores === undefined ? NOTHING : `${(cores * 100).toFixed(1)}%`;
}
