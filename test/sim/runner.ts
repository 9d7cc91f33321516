// usage: bun test/sim/runner.ts FIRST COUNT STEP. Runs every STEP-th seed, in one process, and writes a line of JSON about
// each few of them. Started by main.ts, once per core. SIM_STOP=1: the first seed that fails is the last.

import type { Violation } from "./check/history.ts";
import { simulate } from "./simulate.ts";

export type Progress = {
  readonly seeds: number;
  readonly requests: number;
  readonly events: number;
  readonly virtualMs: number;
  readonly failures: ReadonlyArray<{ readonly seed: number; readonly violations: readonly Violation[] }>;
};

const REPORT_MS = 250;

const [first = 1, count = 1, step = 1] = process.argv.slice(2).map(Number);
let sum = nothing();
let reportedMs = performance.now();

for (let i = 0; i < count; i++) {
  const run = simulate(first + i * step);
  sum.seeds++;
  sum.requests += run.requests;
  sum.events += run.events;
  sum.virtualMs += run.virtualMs;
  if (run.violations.length > 0) sum.failures.push({ seed: run.seed, violations: run.violations });
  if (sum.failures.length > 0 && process.env.SIM_STOP) break;
  if (performance.now() - reportedMs > REPORT_MS) report();
}
report();

function nothing() {
  return { seeds: 0, requests: 0, events: 0, virtualMs: 0, failures: [] as Array<Progress["failures"][number]> };
}

function report(): void {
  process.stdout.write(`${JSON.stringify(sum)}\n`);
  sum = nothing();
  reportedMs = performance.now();
}
