// Whether a service has the workloads it is meant to have.
import { isReady, isWanted } from "../../model/readiness.ts";
import type { WorkloadSample } from "../../model/telemetry.ts";
import type { HealthState } from "./types.ts";
import { amount } from "./words.ts";

/** one that is still not ready after so long is no more just starting */
const STARTING_US = 60e6;

/** `reasons`: clauses whose subject is the service */
export type Verdict = { readonly state: HealthState; readonly reasons: readonly string[] };

/** @param workloads of one service */
export function judgeWorkloads(workloads: readonly WorkloadSample[], nowUs: number): Verdict {
  // one that is being stopped is being replaced: its successor counts
  const wanted = workloads.filter((one) => isWanted(one) && one.state !== "stopping");
  if (wanted.length === 0) return { state: workloads.length > 0 ? "good" : "unknown", reasons: [] };
  const missing = wanted.filter((one) => !isReady(one));
  if (missing.length === 0) return { state: "good", reasons: [] };
  const ready = wanted.length - missing.length;
  const isStarting = missing.every((one) => mayYetComeUp(one, nowUs));
  const what =
    ready > 0
      ? `has ${ready} of ${amount(wanted.length, "workload")} ready`
      : isStarting
        ? "is starting"
        : "has no workload ready";
  return {
    state: ready > 0 || isStarting ? "warning" : "bad",
    reasons: [`${what}: ${missing.slice(0, 3).map(why).join("; ")}`],
  };
}

function mayYetComeUp(one: WorkloadSample, nowUs: number): boolean {
  if (one.state === "waiting") return true;
  if (one.restarts > 0 || one.health === "unhealthy") return false;
  if (one.state === "starting") return true;
  if (one.state !== "running") return false;
  return one.startedAtUs === undefined || nowUs - one.startedAtUs < STARTING_US;
}

function why(one: WorkloadSample): string {
  const reason = one.reason === undefined ? "" : ` (${one.reason.replace(/\.$/, "")})`;
  switch (one.state) {
    case "waiting":
      return `${one.id} waits${reason}`;
    case "starting":
      return `${one.id} is starting${again(one)}${reason}`;
    case "backoff":
      return `${one.id} ended and will be started again${reason}`;
    case "failed":
      return `${one.id} failed${reason}`;
    case "exited":
      return `${one.id} ended${one.exitCode === undefined ? "" : ` with code ${one.exitCode}`}${reason}`;
    default:
      return `${one.id} ${notReady(one)}${again(one)}${reason}`;
  }
}

function again({ restarts }: WorkloadSample): string {
  return restarts === 0 ? "" : ` after ${amount(restarts, "restart")}`;
}

function notReady(one: WorkloadSample): string {
  if (one.health === "unhealthy") return "fails its health check";
  if (one.health === "starting") return "has not passed its health check yet";
  return `listens on none of its ports (${one.declaredPorts.join(", ")})`;
}
