// Starts the host of a project that does not run yet, and learns from its first line whether it stands.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HostReport } from "../api/host-types.ts";
import { MeshError } from "../base/errors/index.ts";
import { type HostClient, hostClient } from "./client/host.ts";
import { readNdjson } from "./client/ndjson.ts";
import type { Context } from "./context.ts";
import { Told } from "./failure.ts";

export type StartedHost = {
  /** the pipe whose end tells it to stop; held here, because it would be closed when it is collected as garbage */
  readonly lifeline: unknown;
  /** resolves when it has ended */
  readonly exited: Promise<number>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  /** waits for its end, which is an error unless somebody stopped the project */
  outcome(): Promise<number>;
};

export type HostPlace = {
  /** absolute */
  readonly composeFile: string;
  readonly stateRoot: string;
  readonly environment: Readonly<Record<string, string>>;
  /** the project ends when we do, however we end */
  readonly followsUs: boolean;
};

const MAIN = new URL("../main/host.ts", import.meta.url).pathname;
const REPORT_WITHIN_MS = 20_000;

export async function startHost(
  context: Context,
  place: HostPlace,
): Promise<{ client: HostClient; pid: number; host: StartedHost }> {
  const crashFile = join(place.stateRoot, "host.err");
  const errors = openCrashFile(place.stateRoot, crashFile);
  const host = Bun.spawn(hostCommand(place), {
    // With followsUs the pipe's end tells it that we are gone, also after kill -9.
    stdio: [place.followsUs ? "pipe" : "ignore", "pipe", errors ?? "ignore"],
    // Not the user's folder: the runtime of every process below would read its bunfig.toml and .env.
    cwd: errors === undefined ? "/" : place.stateRoot,
    env: { ...place.environment, BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0" },
    // A session of its own: the terminal's Ctrl-C is for us, and we tell it.
    detached: true,
  });
  if (errors !== undefined) closeSync(errors);
  const late = context.clock.after(REPORT_WITHIN_MS, () => host.kill("SIGKILL"));
  const report = await firstLine(host.stdout as ReadableStream<Uint8Array>);
  late.cancel();
  if (report?.type === "error") throw new Told(report.text);
  if (!report) {
    host.kill("SIGKILL");
    await host.exited;
    const end = host.signalCode ?? `code ${host.exitCode}`;
    throw new MeshError("host_start_failed", lastLine(crashFile) || `its process ended with ${end}`);
  }
  return {
    client: hostClient(report.socket, context.clock),
    pid: report.pid,
    host: {
      lifeline: host.stdin,
      exited: host.exited,
      kill: (signal) => host.kill(signal),
      async outcome() {
        const code = await host.exited;
        if (code === 0) return code;
        throw new MeshError(
          "host_lost",
          lastLine(crashFile) || `its process ended with ${host.signalCode ?? `code ${code}`}`,
        );
      },
    },
  };
}

function hostCommand({ composeFile, stateRoot, followsUs }: HostPlace): string[] {
  const own = [process.execPath, ...process.execArgv, MAIN];
  return [...own, "--file", composeFile, "--state", stateRoot, ...(followsUs ? ["--follow-parent"] : [])];
}

/** The host lives on without us, so what it prints when it crashes goes to a file and not to a pipe of ours. */
function openCrashFile(stateRoot: string, file: string): number | undefined {
  try {
    mkdirSync(stateRoot, { recursive: true, mode: 0o700 });
    return openSync(file, "w", 0o600);
  } catch {
    return undefined; // the host finds the same and says it better
  }
}

async function firstLine(output: ReadableStream<Uint8Array>): Promise<HostReport | undefined> {
  for await (const report of readNdjson<HostReport>(output, "host_start_failed")) return report;
  return undefined;
}

function lastLine(file: string): string {
  return existsSync(file) ? (readFileSync(file, "utf8").trim().split("\n").at(-1) ?? "") : "";
}
