// Why a workload ended, in one sentence.
import type { ResourceLimits } from "../../model/project.ts";

const SIGNALS: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  14: "SIGALRM",
  15: "SIGTERM",
};

export function exitReason(end: {
  readonly exitCode: number;
  readonly wasKilledForMemory: boolean;
  readonly limits: ResourceLimits;
  /** the line of its log that says best why */
  readonly lastWord: string | undefined;
}): string {
  const { exitCode, wasKilledForMemory, limits, lastWord } = end;
  const signal = SIGNALS[exitCode - 128];
  const how = signal ? `ended by ${signal}` : `exit code ${exitCode}`;
  if (wasKilledForMemory) {
    const limit = limits.memoryBytes === undefined ? "" : ` (its limit is ${mebibytes(limits.memoryBytes)} MiB)`;
    return `${how}: the kernel ended a process of it for want of memory${limit}`;
  }
  return exitCode !== 0 && !signal && lastWord ? `${how}: ${lastWord}` : how;
}

function mebibytes(bytes: number): string {
  return String(Math.round((bytes / (1 << 20)) * 10) / 10);
}
