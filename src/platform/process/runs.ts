// Ad-hoc workloads of `meshwise run`: a command in the mesh whose input and output are someone's terminal.
import { asMeshError } from "../../base/errors/index.ts";
import { workloadAddress } from "../../model/address.ts";
import { spiffeId } from "../../model/identity.ts";
import type { RunnerToHost, RunRequest } from "../../model/messages.ts";
import type { WorkloadIdentity, WorkloadStatus } from "../../model/workload.ts";
import { closeFd } from "../../sys/libc.ts";
import { createGroup } from "../cgroup/group.ts";
import { resolveUser } from "./credentials.ts";
import type { Keys } from "./keys.ts";
import { launch, type Running } from "./launch.ts";
import { within } from "./within.ts";
import type { WorkloadDeps } from "./workload.ts";

export type RunsDeps = Omit<WorkloadDeps, "onChange" | "logs"> & {
  readonly keys: Keys;
  readonly send: (message: Extract<RunnerToHost, { readonly type: "runOutput" | "runExit" }>) => void;
  readonly onChange: () => void;
};

export type Runs = {
  start(request: RunRequest): void;
  /** empty: end of input */
  input(id: number, data: Uint8Array): void;
  signal(id: number, name: string): void;
  statuses(): WorkloadStatus[];
  /** kills all; resolves when nothing is left of them */
  stop(): Promise<void>;
};

const SERVICE = "run";
const DETACH_MS = 5000;
/** as shells say: it could not be run */
const NOT_RUN = 125;

type Run = {
  status: WorkloadStatus;
  running?: Running;
  input?: Bun.FileSink;
  /** came before the process stood */
  readonly early: Uint8Array[];
  readonly ended: Promise<void>;
};

export function makeRuns(deps: RunsDeps): Runs {
  const { clock, agent, place } = deps;
  const runs = new Map<number, Run>();

  const change = (run: Run, changes: Partial<WorkloadStatus>) => {
    run.status = { ...run.status, ...changes };
    agent.tell(run.status, false);
    deps.onChange();
  };

  async function live(request: RunRequest, run: Run): Promise<{ exitCode: number; reason?: string }> {
    const netns = await agent.attach(run.status);
    const user = await resolveUser(request.user, place);
    const group = createGroup(deps.cgroups, run.status.id, request.limits ?? {});
    const personal = { HOME: user.home, USER: user.name, LOGNAME: user.name, HOSTNAME: run.status.id };
    try {
      const running = launch(place, {
        id: run.status.id,
        namespace: deps.project,
        address: run.status.address,
        netns,
        user,
        command: {
          argv: request.command,
          environment: { ...deps.environment, ...personal, ...request.environment },
          workingDirectory: request.workingDirectory,
        },
        cgroups: group.procs,
        stopSignal: "SIGTERM",
        wantsInput: true,
        onOutput: (stream, bytes) =>
          deps.send({ type: "runOutput", id: request.id, stream, data: Buffer.from(bytes).toString("base64") }),
      });
      run.running = running;
      if (running.input !== undefined) run.input = Bun.file(running.input).writer();
      for (const data of run.early.splice(0)) feed(run, data);
      const started = await running.started;
      if ("pid" in started) change(run, { state: "running", pid: started.pid, startedAtUs: clock.nowUs() });
      const exitCode = await running.exited;
      return "failed" in started ? { exitCode: started.exitCode, reason: started.failed } : { exitCode };
    } finally {
      closeInput(run);
      await group.remove(clock);
    }
  }

  async function begin(request: RunRequest, run: Run): Promise<void> {
    const end = await live(request, run).catch((thrown) => ({
      exitCode: NOT_RUN,
      reason: asMeshError(thrown, "workload_not_started").sentence,
    }));
    await within(DETACH_MS, clock, agent.detach(run.status.key));
    runs.delete(request.id);
    deps.send({ type: "runExit", id: request.id, ...end });
    deps.onChange();
  }

  function makeStatus(request: RunRequest): WorkloadStatus {
    const key = deps.keys.next();
    const identity: WorkloadIdentity = {
      key,
      id: `${SERVICE}-${request.id}`,
      service: SERVICE,
      version: "",
      identity: spiffeId(deps.project, SERVICE),
      address: workloadAddress(key),
      declaredPorts: [],
    };
    return { ...identity, state: "starting", health: "none", revision: "", restarts: 0, limits: request.limits ?? {} };
  }

  function feed(run: Run, data: Uint8Array): void {
    if (data.length === 0) {
      closeInput(run);
      return;
    }
    void Promise.resolve(run.input?.write(data))
      .then(() => run.input?.flush())
      .catch(() => {}); // it reads no more
  }

  function closeInput(run: Run): void {
    const { input, running } = run;
    if (!input || running?.input === undefined) return;
    const fd = running.input;
    delete run.input;
    void Promise.resolve(input.end())
      .catch(() => {}) // it reads no more
      .finally(() => closeFd(fd)); // the sink leaves it open
  }

  return {
    start(request) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const run: Run = { status: makeStatus(request), early: [], ended: promise };
      runs.set(request.id, run);
      begin(request, run).then(resolve, resolve);
    },
    input(id, data) {
      const run = runs.get(id);
      if (run?.running) feed(run, data);
      else run?.early.push(data);
    },
    signal(id, name) {
      const running = runs.get(id)?.running;
      if (name === "SIGKILL") running?.kill();
      else running?.signal(name);
    },
    statuses: () => [...runs.values()].map(({ status }) => status),
    async stop() {
      const all = [...runs.values()];
      for (const { running } of all) running?.kill();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}
