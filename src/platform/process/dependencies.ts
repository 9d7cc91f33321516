// May a workload start? Not before its dependencies are where `depends_on` wants them.
import type { Dependency, ServiceSpec } from "../../model/project.ts";
import type { Actual } from "./actual.ts";

export type Blocker = {
  /** for `ps`: what is waited for, and how that stands */
  readonly reason: string;
  /** it will not come by itself: somebody must mend the dependency */
  readonly isStuck: boolean;
};

/** The first dependency that is not yet as wanted. */
export function blockerOf(
  spec: ServiceSpec,
  desired: readonly ServiceSpec[],
  actual: readonly Actual[],
): Blocker | undefined {
  for (const dependency of spec.dependsOn) {
    const target = desired.find(({ name }) => name === dependency.service);
    if (!target) continue; // control refuses an unknown one that is required
    const ones = actual.filter((one) => one.service === target.name && one.revision === target.revision);
    const left = ones.filter((one) => !meets(dependency, one));
    if (ones.length - left.length >= target.replicas) continue;
    const stuck = left.find((one) => isStuck(one) || isBlockedForGood(one, desired, actual));
    if (stuck && !dependency.required) continue;
    const seen = stuck ?? left[0];
    const how = seen ? ` (${seen.id} is ${describe(seen)})` : "";
    return { reason: `waits for ${dependency.service} ${WANTED[dependency.condition]}${how}`, isStuck: !!stuck };
  }
  return undefined;
}

const WANTED: Readonly<Record<Dependency["condition"], string>> = {
  service_started: "to start",
  service_healthy: "to be healthy",
  service_completed_successfully: "to complete",
};

function meets({ condition }: Dependency, one: Actual): boolean {
  switch (condition) {
    case "service_started":
      return one.hasStarted;
    case "service_healthy":
      return one.state === "running" && (one.health === "healthy" || one.health === "none");
    case "service_completed_successfully":
      return one.state === "exited" && one.exitCode === 0;
  }
}

/** several restarts in a row that did not help */
const CRASH_LOOP = 3;

/** It is not as it should be, and will not be so without help. */
export function isStuck(one: Actual): boolean {
  if (one.state === "failed" || (one.state === "exited" && one.exitCode !== 0)) return true;
  if (one.state === "backoff" && one.restarts >= CRASH_LOOP) return true;
  return one.state === "running" && one.health === "unhealthy";
}

/** It waits for something that will not come by itself. */
export function isBlockedForGood(one: Actual, desired: readonly ServiceSpec[], actual: readonly Actual[]): boolean {
  return one.state === "waiting" && blockerOf(one.spec, desired, actual)?.isStuck === true;
}

function describe({ state, health, reason }: Actual): string {
  const how = state === "running" && health !== "none" ? health : state;
  return reason ? `${how}: ${reason}` : how;
}
