// Where an agent prints what it has no channel for, such as the reason of a crash: one file for all that follow each other.
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

export type AgentOutput = {
  /** a descriptor for the next agent; it stays ours */
  next(): number;
  /** of the newest agent, what it threw at last if it did; undefined: it has printed nothing */
  lastLine(): string | undefined;
};

export function agentOutput(file: string): AgentOutput {
  let fd: number | undefined;
  let begin = 0;
  return {
    next() {
      const before = fd;
      fd = open(file, fd === undefined ? "w" : "a");
      if (before !== undefined) closeSync(before);
      begin = fstatSync(fd).size;
      return fd;
    },
    lastLine() {
      try {
        const lines = readFileSync(file).subarray(begin).toString("utf8").trim().split("\n");
        // after what was thrown the runtime prints more about it, and about itself
        return (
          lines.findLast((line) => line.startsWith("error: "))?.slice("error: ".length) ?? (lines.at(-1) || undefined)
        );
      } catch {
        return undefined;
      }
    },
  };
}

/** A full disk is no reason not to start it. */
function open(file: string, flags: "w" | "a"): number {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return openSync(file, flags, 0o600);
  } catch {
    return openSync("/dev/null", "a");
  }
}
