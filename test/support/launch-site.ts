// A sandbox to start workloads in, for tests of what they can and cannot do. As root also one of an ordinary user's.
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResourceLimits } from "../../src/model/project.ts";
import type { ResourceSample } from "../../src/model/resources.ts";
import { type Cgroups, openCgroups } from "../../src/platform/cgroup/cgroups.ts";
import { removeLeftovers } from "../../src/platform/cgroup/leftovers.ts";
import type { CheckResult } from "../../src/platform/process/check.ts";
import { sandboxPrefix } from "../../src/platform/process/sandbox.ts";
import { spawnProcess } from "../../src/sys/spawn.ts";

export type LaunchOptions = {
  readonly argv: readonly string[];
  readonly id?: string;
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly limits?: ResourceLimits;
  /** run as a healthcheck when it has started */
  readonly check?: readonly string[];
};

export type ToDriver =
  | { readonly type: "launch"; readonly request: number; readonly key: number; readonly options: LaunchOptions }
  | { readonly type: "signal"; readonly request: number; readonly name: string }
  | { readonly type: "kill"; readonly request: number }
  | { readonly type: "inside"; readonly request: number; readonly argv: readonly string[] };

export type Started = { readonly pid: number } | { readonly failed: string; readonly exitCode: number };
export type FromDriver =
  | { readonly type: "started"; readonly request: number; readonly started: Started }
  | { readonly type: "output"; readonly request: number; readonly stream: "stdout" | "stderr"; readonly text: string }
  | { readonly type: "checked"; readonly request: number; readonly result: CheckResult }
  | ({ readonly type: "exited"; readonly request: number } & Ended)
  | { readonly type: "inside"; readonly request: number; readonly text: string };
type Ended = { readonly exitCode: number; readonly oomKills: number; readonly sample: ResourceSample };

export type Job = {
  readonly started: Promise<Started>;
  readonly checked: Promise<CheckResult>;
  readonly exited: Promise<Ended>;
  /** all of its output until now */
  readonly stdout: () => string;
  readonly stderr: () => string;
  signal(name: string): void;
  kill(): void;
};

export type Site = {
  /** hidden from workloads */
  readonly stateHome: string;
  /** the project's folder */
  readonly directory: string;
  readonly cgroups: Cgroups;
  readonly pid: number;
  launch(options: LaunchOptions): Job;
  /** runs a shell script to its end; all it said, and its exit code */
  run(script: string, options?: Partial<LaunchOptions>): Promise<{ exitCode: number; said: string }>;
  /** runs a command as the sandbox's own root, outside of any workload */
  inside(...argv: string[]): Promise<string>;
  close(): Promise<void>;
};

export const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Can a user without any right read this checkout and its Bun? Only then can it be tested as one. */
export const canBeOrdinary =
  !isRoot || Bun.spawnSync([...asNobody(), process.execPath, "--print", "1"], { cwd: import.meta.dirname }).success;

/** what stands in front of an argv to run it as a user without any right; only root can */
export function asNobody(): string[] {
  const ids = ["--reuid", String(NOBODY), "--regid", String(NOBODY), "--clear-groups"];
  return ["setpriv", ...ids, "--inh-caps=-all", "--bounding-set=-all", "--"];
}

/** @param as "root" can only be asked for by root */
export async function launchSite(as: "root" | "ordinary"): Promise<Site> {
  const becomesNobody = isRoot && as === "ordinary";
  const home = mkdtempSync(join(tmpdir(), "meshwise-site-"));
  const [stateHome, directory] = [join(home, "state"), join(home, "project")];
  const project = `test-${home.slice(-6)}`;
  for (const path of [stateHome, join(stateHome, project), directory]) {
    mkdirSync(path);
    if (becomesNobody) chownSync(path, NOBODY, NOBODY);
  }
  chmodSync(home, 0o755);
  const none: Cgroups = { version: "none", project: {}, limitations: [] };
  const cgroups = becomesNobody ? none : openCgroups({ project, stateRoot: join(stateHome, project) });

  const prefix = sandboxPrefix({ rootless: as === "ordinary", keep: [] });
  const { process: sandbox, channel } = spawnProcess<FromDriver, ToDriver>(
    join(import.meta.dirname, "launch-site.driver.ts"),
    [JSON.stringify({ stateHome, directory, cgroups })],
    { prefix: [...(becomesNobody ? asNobody() : []), ...prefix], workingDirectory: directory },
  );

  type Pending = {
    started: PromiseWithResolvers<Started>;
    checked: PromiseWithResolvers<CheckResult>;
    exited: PromiseWithResolvers<Ended>;
    inside: PromiseWithResolvers<string>;
    stdout: string;
    stderr: string;
  };
  const pending = new Map<number, Pending>();
  const begin = (): [number, Pending] => {
    const request = pending.size + 1;
    const one: Pending = {
      started: Promise.withResolvers(),
      checked: Promise.withResolvers(),
      exited: Promise.withResolvers(),
      inside: Promise.withResolvers(),
      stdout: "",
      stderr: "",
    };
    pending.set(request, one);
    return [request, one];
  };
  channel.onMessage((message) => {
    const one = pending.get(message.request);
    if (!one) return;
    if (message.type === "started") one.started.resolve(message.started);
    else if (message.type === "checked") one.checked.resolve(message.result);
    else if (message.type === "exited") one.exited.resolve(message);
    else if (message.type === "inside") one.inside.resolve(message.text);
    else one[message.stream] += message.text;
  });

  const site: Site = {
    stateHome,
    directory,
    cgroups,
    pid: sandbox.pid,
    launch(options) {
      const [request, one] = begin();
      channel.send({ type: "launch", request, key: request, options });
      return {
        started: one.started.promise,
        checked: one.checked.promise,
        exited: one.exited.promise,
        stdout: () => one.stdout,
        stderr: () => one.stderr,
        signal: (name) => channel.send({ type: "signal", request, name }),
        kill: () => channel.send({ type: "kill", request }),
      };
    },
    async run(script, options = {}) {
      const job = site.launch({ ...options, argv: ["sh", "-c", script] });
      const { exitCode } = await job.exited;
      return { exitCode, said: job.stdout() + job.stderr() };
    },
    inside(...argv) {
      const [request, one] = begin();
      channel.send({ type: "inside", request, argv });
      return one.inside.promise;
    },
    async close() {
      channel.close();
      await sandbox.exited;
      await removeLeftovers({ stateHome, project });
      if (existsSync(home)) rmSync(home, { recursive: true });
    },
  };
  // the first answer says that it stands
  await site.inside("true");
  return site;
}
