// Runs bin/meshwise as a user would: a process of its own, with a state directory of its own.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const LAUNCHER = new URL("../../bin/meshwise", import.meta.url).pathname;

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

export type CommandOptions = {
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** another path of the launcher */
  readonly launcher?: string;
};

/** To its end. */
export async function meshwise(args: readonly string[], options: CommandOptions = {}): Promise<Ran> {
  const child = start(args, options);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}

export function start(args: readonly string[], { directory, environment, input, launcher = LAUNCHER }: CommandOptions) {
  return Bun.spawn([launcher, ...args], {
    ...(directory !== undefined && { cwd: directory }),
    env: { ...process.env, NO_COLOR: "1", ...environment },
    stdin: input === undefined ? "ignore" : new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Not ended; one that ended and that nobody waited for yet is no more running than one that is gone. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat[stat.lastIndexOf(")") + 2] !== "Z";
  } catch {
    return false;
  }
}

/** A folder for one test, gone after `use`. */
export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "meshwise-cli-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
