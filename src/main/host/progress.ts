// What is being waited for, in words, from what the runner reports.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { logFile, parseLogLine } from "../../model/log-line.ts";
import type { WorkloadStatus } from "../../model/workload.ts";

const SHOWN = 3;

/** Lines from before `sinceUs` are of another run and would mislead. */
export type Logs = { readonly directory: string; readonly sinceUs: number };

/** `cart-1: waiting for db to be healthy; last log line: …`, for the workloads that are not where they should be */
export function awaited(workloads: readonly WorkloadStatus[], logs: Logs): string {
  const pending = workloads.filter(isPending);
  if (pending.length === 0) return "waiting for the sandbox";
  const shown = pending.slice(0, SHOWN).map((workload) => {
    const line = lastLogLine(logs, workload);
    return `${workload.id}: ${doing(workload)}${line ? `; last log line: ${line}` : ""}`;
  });
  const more = pending.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}

function isPending({ state, health }: WorkloadStatus): boolean {
  return (
    state === "waiting" || state === "starting" || state === "backoff" || (state === "running" && health === "starting")
  );
}

function doing({ state, health, reason }: WorkloadStatus): string {
  if (reason) return reason;
  if (state === "running" && health === "starting") return "its health check has not passed yet";
  return state === "backoff" ? "ended and will be started again" : state;
}

/** `cart-1: exited with code 1; last log line: …` per failed one */
export function failure(failed: readonly string[], workloads: readonly WorkloadStatus[], logs: Logs): string {
  const texts = failed.map((name) => {
    const workload = workloads.find(({ id, service }) => id === name || service === name);
    if (!workload) return name;
    const line = lastLogLine(logs, workload);
    const what =
      workload.reason ?? (workload.exitCode === undefined ? workload.state : `exited with code ${workload.exitCode}`);
    return `${workload.id}: ${what}${line && !what.includes(line) ? `; last log line: ${line}` : ""}`;
  });
  return texts.join("\n");
}

const TAIL_BYTES = 4096;
const SHOWN_LETTERS = 200;

function lastLogLine({ directory, sinceUs }: Logs, { service, id }: WorkloadStatus): string | undefined {
  try {
    const fd = openSync(logFile(directory, service, id), "r");
    try {
      const { size } = fstatSync(fd);
      const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(fd, bytes, 0, bytes.length, size - bytes.length);
      const lines = bytes.toString("utf8").trimEnd().split("\n");
      // what the mesh says of it is its reason already
      const own = lines.map(parseLogLine).filter((line) => line !== undefined && line.stream !== "mesh");
      const last = own.at(-1);
      return last && last.timeUs >= sinceUs ? last.text.slice(0, SHOWN_LETTERS) : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
