// What is being waited for, in words, from what the runner reports.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { logFile, parseLogLine } from "../../model/log-line.ts";
import type { WorkloadStatus } from "../../model/workload.ts";

const SHOWN = 3;

/** `cart-1: waiting for db to be healthy; last log line: …`, for the workloads that are not where they should be */
export function awaited(workloads: readonly WorkloadStatus[], logs: string): string {
  const pending = workloads.filter(isPending);
  if (pending.length === 0) return "waiting for the sandbox";
  const shown = pending.slice(0, SHOWN).map((workload) => {
    const line = lastLogLine(logFile(logs, workload.service, workload.id));
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
export function failure(failed: readonly string[], workloads: readonly WorkloadStatus[], logs: string): string {
  const texts = failed.map((name) => {
    const workload = workloads.find(({ id, service }) => id === name || service === name);
    if (!workload) return name;
    const line = lastLogLine(logFile(logs, workload.service, workload.id));
    const what =
      workload.reason ?? (workload.exitCode === undefined ? workload.state : `exited with code ${workload.exitCode}`);
    return `${workload.id}: ${what}${line ? `; last log line: ${line}` : ""}`;
  });
  return texts.join("\n");
}

const TAIL_BYTES = 4096;

/** without its time; undefined when there is none */
export function lastLogLine(file: string): string | undefined {
  try {
    const fd = openSync(file, "r");
    try {
      const { size } = fstatSync(fd);
      const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(fd, bytes, 0, bytes.length, size - bytes.length);
      const lines = bytes.toString("utf8").trimEnd().split("\n");
      return parseLogLine(lines.at(-1) ?? "")?.text.slice(0, 200);
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
