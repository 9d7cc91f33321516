// Whether and when a workload that ended is started again; the delays are those of Docker.
import type { RestartPolicy } from "../../model/project.ts";

const FIRST_MS = 100;
const LONGEST_MS = 60_000;
/** who ran that long did work; its next failure is a first one again */
const PROVEN_MS = 10_000;

/** How a run ended. */
export type Run = { readonly exitCode: number; readonly ranMs: number };

/** What is remembered between the runs of a workload. */
export type RestartState = { readonly delayMs: number; readonly attempts: number };
export const FIRST_RUN: RestartState = { delayMs: 0, attempts: 0 };

export type Decision = { readonly restart: false } | { readonly restart: true; readonly state: RestartState };

export function decideRestart(policy: RestartPolicy, run: Run, before: RestartState): Decision {
  if (policy.kind === "no") return { restart: false };
  if (policy.kind === "on-failure") {
    if (run.exitCode === 0) return { restart: false };
    if (policy.maxAttempts !== undefined && before.attempts >= policy.maxAttempts) return { restart: false };
  }
  const delayMs = run.ranMs >= PROVEN_MS || before.delayMs === 0 ? FIRST_MS : Math.min(before.delayMs * 2, LONGEST_MS);
  return { restart: true, state: { delayMs, attempts: before.attempts + 1 } };
}
