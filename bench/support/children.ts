// The processes and files of a bench. Whatever way it ends (Ctrl-C and kill -9 included), its processes end with it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";

const STOP_WITHIN_MS = 3000;

export type Child = {
  readonly pid: number;
  /** to its stdin */
  write(text: string): void;
  /** the next line of its stdout; rejects when it ends first */
  readLine(): Promise<string>;
  /** SIGTERM, later SIGKILL; resolves with what it still wrote to stdout */
  stop(): Promise<string>;
  readonly exited: Promise<number>;
};

/** each with how long it may take to end */
const children = new Map<Subprocess, number>();
const folders = new Set<string>();

/** Call once; the returned function ends all processes and removes all folders, as a signal does. */
export function startCleanup(): () => Promise<void> {
  const cleanup = async () => {
    await Promise.all([...children.keys()].map(end));
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    folders.clear();
  };
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const [signal, code] of Object.entries(codes)) {
    process.once(signal, () => {
      void cleanup().finally(() => process.exit(code));
    });
  }
  return cleanup;
}

/** for `core`: wherever there is room, as a user has it */
export const ALL_CORES = `0-${navigator.hardwareConcurrency - 1}`;

/** Runs a program on one core to its end; resolves with its stdout, rejects with its stderr when it fails. */
export async function runPinned(
  core: number | string,
  command: readonly string[],
  { directory, environment }: StartOptions = {},
): Promise<string> {
  const child = Bun.spawn(pinned(core, command), {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
    ...(directory !== undefined && { cwd: directory }),
  });
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`${command[0]} failed: ${errors.trim() || output.trim()}`);
  return output;
}

function pinned(core: number | string, command: readonly string[]): string[] {
  return ["setpriv", "--pdeathsig", "KILL", "taskset", "--cpu-list", String(core), ...command];
}

/** A folder that is gone when the section ends. */
export function temporaryFolder(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, "meshwise-bench-"));
  folders.add(folder);
  return folder;
}

export type StartOptions = {
  /** a file for its stderr; ours when absent */
  readonly log?: string;
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** after SIGTERM, until SIGKILL */
  readonly stopWithinMs?: number;
};

/**
 * Starts `command` on one core. setpriv and taskset only set what survives exec and then become the command, so
 * `pid` is the command's own.
 */
export function startPinned(core: number, command: readonly string[], options: StartOptions = {}): Child {
  return launch(pinned(core, command), options);
}

/** Starts `command` on all cores. When we die it is told to end, and has processes of its own to end. */
export function start(command: readonly string[], options: StartOptions = {}): Child {
  return launch(["setpriv", "--pdeathsig", "TERM", ...command], options);
}

function launch(command: readonly string[], options: StartOptions): Child {
  const { log, directory, environment, stopWithinMs = STOP_WITHIN_MS } = options;
  const child = Bun.spawn([...command], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: log === undefined ? "inherit" : Bun.file(log),
    env: { ...process.env, ...environment },
    ...(directory !== undefined && { cwd: directory }),
  });
  children.set(child, stopWithinMs);
  const exited = child.exited.finally(() => children.delete(child));
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let text = "";

  async function readMore(): Promise<boolean> {
    const { value, done } = await reader.read();
    if (value) text += decoder.decode(value, { stream: true });
    return !done;
  }

  return {
    pid: child.pid,
    exited,
    write(text) {
      child.stdin.write(text);
      child.stdin.flush();
    },
    async readLine() {
      while (!text.includes("\n")) {
        if (!(await readMore())) throw new Error(`${command[0]} ended before it was ready`);
      }
      const line = text.slice(0, text.indexOf("\n"));
      text = text.slice(line.length + 1);
      return line;
    },
    async stop() {
      await end(child);
      while (await readMore());
      return text;
    },
  };
}

async function end(child: Subprocess): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), children.get(child) ?? STOP_WITHIN_MS);
  await child.exited;
  clearTimeout(timer);
}
