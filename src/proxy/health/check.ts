// The state of an endpoint's active check in the worker that makes it.
import type { HealthChecks } from "../../model/traffic-policy.ts";

export type Active = NonNullable<HealthChecks["active"]>;

/** What this worker knows of an endpoint that it checks. */
export type Check = {
  /** monotonic ms */
  nextMs: number;
  isRunning: boolean;
  /** results in a row that contradict the verdict */
  against: number;
};
