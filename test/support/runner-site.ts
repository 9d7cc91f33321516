// A runner in its sandbox with the real agent, and a host that only listens: for tests of how a project comes up, changes
// and goes. As an ordinary user; as root by giving up being root.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serviceAddress } from "../../src/model/address.ts";
import { logFile, parseLogLine } from "../../src/model/log-line.ts";
import type { HostToRunner, RunnerToHost } from "../../src/model/messages.ts";
import type { ServiceSpec } from "../../src/model/project.ts";
import { NO_ROUTING } from "../../src/model/route.ts";
import { stateDirectory } from "../../src/model/state-directory.ts";
import type { WorkloadStatus } from "../../src/model/workload.ts";
import type { Cgroups } from "../../src/platform/cgroup/cgroups.ts";
import { sandboxPrefix } from "../../src/platform/process/sandbox.ts";
import { spawnProcess } from "../../src/sys/spawn.ts";
import { eventually } from "./eventually.ts";
import { asNobody, NOBODY } from "./launch-site.ts";

type RunExit = Extract<RunnerToHost, { type: "runExit" }>;

export type RunnerSite = {
  readonly directory: string;
  /** every message but the statuses, oldest first */
  readonly messages: RunnerToHost[];
  /** every status of every workload that differed from the one before, as `web-1 running healthy` */
  readonly history: string[];
  statuses(): readonly WorkloadStatus[];
  status(id: string): WorkloadStatus | undefined;
  desire(services: readonly ServiceSpec[]): number;
  send(message: HostToRunner): void;
  /** the `settled` of that version, when it has come */
  settled(version: number): { readonly failed: readonly string[] } | undefined;
  /** what a run said and how it ended */
  run(command: readonly string[], input?: string): Promise<{ exitCode: number; reason?: string; stdout: string }>;
  log(service: string, workload: string): string[];
  readonly exited: Promise<number>;
  pid: number;
  close(): Promise<void>;
};

export function runnerSite(): RunnerSite {
  const isRoot = process.getuid?.() === 0;
  const home = mkdtempSync(join(tmpdir(), "meshwise-runner-"));
  const state = stateDirectory("shop", { MESHWISE_STATE_DIR: join(home, "state") });
  const directory = join(home, "project");
  mkdirSync(state.logs, { recursive: true });
  mkdirSync(directory);
  if (isRoot)
    for (const path of [join(home, "state"), state.root, state.logs, directory]) chownSync(path, NOBODY, NOBODY);
  chmodSync(home, 0o755);

  const cgroups: Cgroups = { version: "none", project: {}, limitations: [] };
  const { process: sandbox, channel } = spawnProcess<RunnerToHost, HostToRunner>(
    join(import.meta.dirname, "../../src/main/runner.ts"),
    ["--state", state.root, "--cgroups", JSON.stringify(cgroups)],
    {
      prefix: [...(isRoot ? asNobody() : []), ...sandboxPrefix({ rootless: true, keep: [state.root] })],
      workingDirectory: directory,
      environment: { ...process.env, MESHWISE_WORKERS: "1" },
    },
  );

  const messages: RunnerToHost[] = [];
  const history: string[] = [];
  let workloads: readonly WorkloadStatus[] = [];
  channel.onMessage((message) => {
    if (message.type !== "status") return void messages.push(message);
    for (const { id, state, health } of message.workloads) {
      const line = `${id} ${state}${health === "none" ? "" : ` ${health}`}`;
      const before = history.findLast((one) => one.startsWith(`${id} `));
      if (before !== line) history.push(line);
    }
    workloads = message.workloads;
  });

  let version = 0;
  let runs = 0;
  return {
    directory,
    messages,
    history,
    statuses: () => workloads,
    status: (id) => workloads.find((one) => one.id === id),
    desire(services) {
      version++;
      channel.send({
        type: "desired",
        project: { name: "shop", directory, services, egress: { allowed: false } },
        config: {
          version,
          project: "shop",
          services: services.map(({ name }, index) => ({
            key: index + 1,
            name,
            namespace: "shop",
            address: serviceAddress(index + 1),
            protocols: {},
          })),
          published: [],
          egress: { allowed: false },
          routing: NO_ROUTING,
        },
      });
      return version;
    },
    send: (message) => channel.send(message),
    settled: (wanted) => messages.find((one) => one.type === "settled" && one.version === wanted) as never,
    async run(command, input = "") {
      const id = ++runs;
      const isOurs = (one: RunnerToHost) => "id" in one && one.id === id;
      channel.send({ type: "run", request: { id, command, workingDirectory: directory, environment: {} } });
      if (input) channel.send({ type: "runInput", id, data: btoa(input) });
      channel.send({ type: "runInput", id, data: "" });
      const exit = await eventually(
        () => messages.find((one) => one.type === "runExit" && isOurs(one)) as RunExit | undefined,
        { withinMs: 30_000, everyMs: 5 },
      );
      const said = messages.filter((one) => one.type === "runOutput" && isOurs(one) && one.stream === "stdout");
      const stdout = said.map((one) => (one.type === "runOutput" ? atob(one.data) : "")).join("");
      return { exitCode: exit.exitCode, stdout, ...(exit.reason !== undefined && { reason: exit.reason }) };
    },
    log: (service, workload) =>
      readFileSync(logFile(state.logs, service, workload), "utf8")
        .split("\n")
        .flatMap((line) => parseLogLine(line) ?? [])
        .map(({ stream, text }) => `${stream}: ${text}`),
    exited: sandbox.exited,
    pid: sandbox.pid,
    async close() {
      channel.close();
      await sandbox.exited;
      rmSync(home, { recursive: true });
    },
  };
}
