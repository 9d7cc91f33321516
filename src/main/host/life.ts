// The life of the host process, from its arguments to its exit code.
import { existsSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import { serveHost } from "../../api/host-server.ts";
import type { HostReport } from "../../api/host-types.ts";
import { systemClock } from "../../base/clock.ts";
import { asMeshError, MeshError } from "../../base/errors/index.ts";
import type { StateDirectory } from "../../model/state-directory.ts";
import { openCgroups } from "../../platform/cgroup/cgroups.ts";
import { removeLeftovers } from "../../platform/cgroup/leftovers.ts";
import { sandboxPrefix } from "../../platform/process/sandbox.ts";
import { type Lock, tryLock } from "../../sys/lock.ts";
import { findProgram, PROGRAMS, programFolders } from "../../sys/programs.ts";
import { readArguments } from "./arguments.ts";
import { openHost } from "./host.ts";
import { runnerArguments } from "./runner-arguments.ts";
import { type HostFile, orStateError, prepareState, readHostFile, writeHostFile } from "./state-files.ts";

const clock = systemClock;
/** a host that ends holds the lock for a moment, and so does one that sweeps up after others */
const LOCK_WITHIN_MS = 2_000;
const LOCK_EVERY_MS = 50;
/** for clients that do not read to the end */
const LAST_WORDS_MS = 1_000;
/** whoever started us applies at once */
const FIRST_APPLY_WITHIN_MS = 30_000;

export type HostPrograms = {
  /** absolute paths of the TypeScript files that become our children */
  readonly runner: string;
  readonly observatory: string;
};

/** Reports on stdout; ends the process when the project has ended, or could not begin. */
export async function runHost(argv: readonly string[], programs: HostPrograms): Promise<void> {
  try {
    await run(argv, programs);
  } catch (thrown) {
    const error = asMeshError(thrown, "host_failed");
    report({ type: "error", code: error.code, text: error.sentence });
    process.exitCode = 1;
    process.exit();
  }
}

async function run(argv: readonly string[], programs: HostPrograms): Promise<void> {
  const options = readArguments(argv);
  const { state } = options;
  requirePrograms();
  prepareState(state);
  const lock = await takeLock(state);
  const project = basename(state.root);
  const stateHome = dirname(state.root);
  const rootless = process.getuid?.() !== 0;
  await removeLeftovers({ stateHome, project }, clock);
  const cgroups = openCgroups({ project, stateRoot: state.root });

  const hostFile: HostFile = { pid: process.pid, composeFile: options.composeFile };
  let isEnding = false;
  try {
    writeHostFile(state, hostFile);
  } catch (thrown) {
    await removeLeftovers({ stateHome, project }, clock);
    throw thrown;
  }
  const host = openHost({
    clock,
    state,
    composeFile: options.composeFile,
    environment: process.env,
    limitations: cgroups.limitations,
    sandbox: {
      prefix: () => sandboxPrefix({ rootless, keep: [state.root, dirname(options.composeFile)] }),
      main: programs.runner,
      args: (agent) => runnerArguments(state, cgroups, agent),
    },
    observatoryMain: programs.observatory,
    onApiUrl(apiUrl) {
      if (!isEnding) attempt(() => writeHostFile(state, { ...hostFile, apiUrl }));
    },
  });

  /** from here on the next start waits for our end instead of being refused */
  const beginToEnd = () => {
    isEnding = true;
    rmSync(state.hostFile, { force: true });
  };
  const end = async (): Promise<void> => {
    beginToEnd();
    await host.end();
    await removeLeftovers({ stateHome, project }, clock);
    await Promise.race([server.close(), clock.sleep(LAST_WORDS_MS)]);
    // last: the next host, which waits for it, makes a socket at the same place
    lock.release();
    process.exit(0);
  };
  const server = serveHost(state.hostSocket, {
    ...host.api,
    async apply(request, emit) {
      await host.api.apply(request, emit);
      if (!host.isInUse) void end();
    },
    async down(emit) {
      beginToEnd();
      await host.api.down(emit);
      await removeLeftovers({ stateHome, project }, clock);
      emit({ type: "done", text: `${project} has been stopped` });
      void end();
    },
  });
  clock.after(FIRST_APPLY_WITHIN_MS, () => {
    if (host.isIdle) void end();
  });
  endOnSignals(end, host.endNow);
  if (options.followsParent) endWithParent(end);
  report({ type: "listening", socket: state.hostSocket, pid: process.pid });
}

/** a disk that is full now must not end what runs: who asks the host learns the same */
function attempt(act: () => void): void {
  try {
    act();
  } catch {}
}

/** Without them nothing would start, and each workload would tell it in its own words. */
function requirePrograms(): void {
  const folders = programFolders(process.env.PATH);
  const missing = Object.entries(PROGRAMS).filter(([program]) => !findProgram(program, folders));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, debian]) => debian))];
  const programs = missing.map(([program]) => program);
  throw new MeshError("program_missing", `${programs.join(", ")} (as root: apt-get install ${packages.join(" ")})`);
}

async function takeLock(state: StateDirectory): Promise<Lock> {
  const until = clock.monotonicMs() + LOCK_WITHIN_MS;
  for (;;) {
    const lock = orStateError(state.root, () => tryLock(state.lock));
    if (lock !== "held") return lock;
    // one that ends has no host file any more, one that was killed no process
    const holder = readHostFile(state)?.pid;
    const isRunning = holder !== undefined && existsSync(`/proc/${holder}`);
    if (isRunning || clock.monotonicMs() > until) throw new MeshError("project_running", basename(state.root));
    await clock.sleep(LOCK_EVERY_MS);
  }
}

function endOnSignals(end: () => Promise<void>, endNow: () => void): void {
  let isEnding = false;
  const onSignal = () => {
    if (isEnding) return endNow();
    isEnding = true;
    void end();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  process.on("SIGHUP", () => {}); // the terminal that started us is gone, which is not our end
}

function endWithParent(end: () => Promise<void>): void {
  process.stdin.on("end", () => void end());
  process.stdin.on("error", () => void end());
  process.stdin.resume();
}

function report(content: HostReport): void {
  process.stdout.write(`${JSON.stringify(content)}\n`);
}
