// Which workloads can take traffic, and which are meant to.
import type { WorkloadSample } from "./telemetry.ts";

/** It can take traffic: healthy as far as it is checked, and listening, unless it never said that it listens. */
export function isReady(workload: WorkloadSample): boolean {
  if (workload.state !== "running") return false;
  if (workload.health === "starting" || workload.health === "unhealthy") return false;
  return workload.readyPorts.length > 0 || workload.declaredPorts.length === 0;
}

/** It is meant to take traffic: not a job that has done its work. */
export function isWanted(workload: WorkloadSample): boolean {
  return !(workload.state === "exited" && (workload.exitCode ?? 0) === 0);
}
