// The health of a running workload, from one check to the next: the rules of Docker's healthcheck, but that the first checks
// come early, so that what is quickly ready is quickly used. An early check that fails does not count.
import type { Healthcheck } from "../../model/project.ts";
import type { Health } from "../../model/workload.ts";

export type HealthState = {
  readonly health: Exclude<Health, "none">;
  /** that count, one after the other */
  readonly failures: number;
  readonly checks: number;
};

export type Check = {
  readonly passed: boolean;
  /** ms since the process started */
  readonly atMs: number;
};

export const FIRST_HEALTH: HealthState = { health: "starting", failures: 0, checks: 0 };

const FIRST_CHECK_MS = 200;

export function afterCheck(config: Healthcheck, { health, failures, checks }: HealthState, check: Check): HealthState {
  if (check.passed) return { health: "healthy", failures: 0, checks: checks + 1 };
  const forgiven = health === "starting" && check.atMs < Math.max(config.startPeriodMs, config.intervalMs);
  if (forgiven) return { health, failures, checks: checks + 1 };
  const counted = failures + 1;
  return { health: counted >= config.retries ? "unhealthy" : health, failures: counted, checks: checks + 1 };
}

/** ms from the end of the last check, or the start, to the next check */
export function nextCheckMs(config: Healthcheck, { health, checks }: HealthState, atMs: number): number {
  const starting = health === "starting" && atMs < Math.max(config.startPeriodMs, config.intervalMs);
  if (!starting) return config.intervalMs;
  const longest = Math.min(config.startPeriodMs > 0 ? config.startIntervalMs : config.intervalMs, config.intervalMs);
  return Math.min(FIRST_CHECK_MS * 2 ** Math.min(checks, 10), longest);
}
