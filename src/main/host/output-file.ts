// Where a child of ours prints what it has no channel for, such as the reason of a crash. A full disk is no reason not to
// start it.
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** @returns a descriptor that the caller closes */
export function openOutput(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return openSync(file, "w", 0o600);
  } catch {
    return openSync("/dev/null", "w");
  }
}

/** How a child ended: its last line, or its exit code. */
export function howEnded(child: Bun.Subprocess, file: string): string {
  const fallback = child.signalCode ? `ended by ${child.signalCode}` : `ended with ${child.exitCode}`;
  try {
    return readFileSync(file, "utf8").trim().split("\n").at(-1) || fallback;
  } catch {
    return fallback;
  }
}
