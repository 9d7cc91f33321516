// Figures for the record: with the machine they were measured on, because without it they say nothing.
import { mkdirSync, readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import type { Figure } from "../suite.ts";

const RESULTS = new URL("../results", import.meta.url).pathname;

/** Returns the file's path. */
export async function saveResults(suite: string, isQuick: boolean, figures: readonly Figure[]): Promise<string> {
  mkdirSync(RESULTS, { recursive: true });
  const date = new Date().toISOString();
  const path = join(RESULTS, `${date.slice(0, 19).replaceAll(":", "")}Z-${suite}${isQuick ? "-quick" : ""}.json`);
  const result = { suite, date, isQuick, commit: commit(), machine: machine(), figures };
  await Bun.write(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}

function machine() {
  const cores = cpus();
  return {
    processor: cores[0]?.model ?? "unknown",
    cores: cores.length,
    memoryBytes: totalmem(),
    kernel: release(),
    system: /^PRETTY_NAME="?([^"\n]*)/m.exec(osRelease())?.[1] ?? "unknown",
    bun: Bun.version,
  };
}

function osRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}

function commit(): string | undefined {
  const { exitCode, stdout } = Bun.spawnSync(["git", "describe", "--always", "--dirty"], {
    cwd: RESULTS,
    stderr: "ignore",
  });
  return exitCode === 0 ? stdout.toString().trim() : undefined;
}
