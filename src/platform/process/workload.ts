// One workload's life: its network, its cgroup, its process, the checks, the restarts, the end.
//
//   waiting → starting → running ─→ exited | failed
//                ↑          └→ backoff ─┐        and from everywhere → stopping → gone
//                └──────────────────────┘
import type { Clock } from "../../base/clock.ts";
import { asMeshError } from "../../base/errors/index.ts";
import type { ServiceSpec } from "../../model/project.ts";
import type { ResourceSample } from "../../model/resources.ts";
import type { WorkloadIdentity, WorkloadStatus } from "../../model/workload.ts";
import type { Cgroups } from "../cgroup/cgroups.ts";
import { createGroup, type Group } from "../cgroup/group.ts";
import type { Agent } from "./agent.ts";
import { runCheck } from "./check.ts";
import { type Credentials, resolveUser } from "./credentials.ts";
import { afterCheck, FIRST_HEALTH, nextCheckMs } from "./health.ts";
import { launch, type Place, type Running } from "./launch.ts";
import { openLog } from "./logs.ts";
import { exitReason } from "./reasons.ts";
import { decideRestart, FIRST_RUN, type RestartState } from "./restart.ts";
import { within } from "./within.ts";

export type WorkloadDeps = {
  readonly clock: Clock;
  readonly agent: Agent;
  readonly place: Place;
  readonly cgroups: Cgroups;
  readonly project: string;
  readonly logs: string;
  /** what a command inherits besides its service's own environment, such as PATH */
  readonly environment: Readonly<Record<string, string>>;
  /** something of the status changed */
  readonly onChange: (workload: Workload) => void;
};

export type Workload = {
  readonly key: number;
  readonly spec: () => ServiceSpec;
  readonly status: () => WorkloadStatus;
  /** the same revision, with other settings around it, such as its restart policy */
  respecify(spec: ServiceSpec): void;
  /** it may not start yet */
  wait(reason: string): void;
  /** it may start; only once */
  start(): void;
  /** reads its cgroup's figures into the status */
  sample(): void;
  /** ends it; resolves when nothing is left of it. `drainMs`: how long open exchanges may go on before the signal */
  stop(drainMs: number): Promise<void>;
};

/** how a run ended; `failed`: its command never ran */
type End =
  | { readonly kind: "ended"; readonly exitCode: number; readonly reason: string; readonly ranMs: number }
  | { readonly kind: "failed"; readonly exitCode: number | undefined; readonly reason: string };

/** what is true of a workload while nothing of it runs */
const STILL = { pid: undefined, health: "none" } as const;

const ATTACH_TRIES = 5;
/** the agent may be on its way to a restart */
const DETACH_MS = 5000;

export function makeWorkload(identity: WorkloadIdentity, firstSpec: ServiceSpec, deps: WorkloadDeps): Workload {
  const { clock, agent, place, project } = deps;
  const { key, id } = identity;
  let spec = firstSpec;
  let status: WorkloadStatus = {
    ...identity,
    state: "waiting",
    health: "none",
    revision: spec.revision,
    restarts: 0,
    limits: spec.limits,
  };
  const log = openLog({ logs: deps.logs, service: spec.name, workload: id }, clock);
  const stopping = new AbortController();
  let running: Running | undefined;
  let group: Group | undefined;
  let attached = false;
  let life: Promise<void> = Promise.resolve();
  let stopped: Promise<void> | undefined;

  type Changes = { [Name in keyof WorkloadStatus]?: WorkloadStatus[Name] | undefined };
  const change = (changes: Changes) => {
    const next = { ...status, ...changes };
    if (stopping.signal.aborted) next.state = "stopping";
    status = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)) as WorkloadStatus;
    tellAgent();
    deps.onChange(workload);
  };
  const tellAgent = () => {
    const routable = status.state === "running" && (status.health === "none" || status.health === "healthy");
    if (attached) agent.tell(status, routable);
  };

  async function live(): Promise<void> {
    const netns = await attach();
    let memory: RestartState = FIRST_RUN;
    while (netns !== undefined && !stopping.signal.aborted) {
      const end = await runOnce(netns);
      if (stopping.signal.aborted) return;
      if (end.kind === "failed") {
        log.say(end.reason);
        change({ ...STILL, state: "failed", reason: end.reason, exitCode: end.exitCode });
        break;
      }
      const { exitCode, reason } = end;
      const decision = decideRestart(spec.restart, end, memory);
      if (!decision.restart) {
        change({ ...STILL, state: "exited", exitCode, reason: exitCode === 0 ? undefined : reason });
        break;
      }
      memory = decision.state;
      const restarts = status.restarts + 1;
      change({ ...STILL, state: "backoff", exitCode, restarts, lastEnd: reason, reason: `${reason}; starts again` });
      if (!(await pause(memory.delayMs))) return;
    }
    if (!stopping.signal.aborted) await release();
  }

  async function attach(): Promise<string | undefined> {
    for (let tries = 1; !stopping.signal.aborted; tries++) {
      change({ state: "starting", reason: undefined });
      try {
        attached = true;
        return await agent.attach(identity);
      } catch (thrown) {
        const reason = asMeshError(thrown, "workload_not_attached").sentence;
        log.say(reason);
        if (tries === ATTACH_TRIES) {
          change({ state: "failed", reason });
          return undefined;
        }
        change({ state: "backoff", reason });
        if (!(await pause(200 * 2 ** tries))) return undefined;
      }
    }
    return undefined;
  }

  /** one run of the command, from its start to its end */
  async function runOnce(netns: string): Promise<End> {
    change({ ...STILL, state: "starting", reason: undefined, exitCode: undefined });
    let user: Credentials;
    let members: Group;
    try {
      user = await resolveUser(spec.user, place);
      members = group ??= openGroup();
      if (stopping.signal.aborted) return { kind: "failed", reason: "it is being stopped", exitCode: undefined };
      log.begin();
      running = launch(place, {
        id,
        netns,
        user,
        namespace: project,
        address: identity.address,
        command: commandFor(spec.command, user),
        cgroups: members.procs,
        stopSignal: spec.stopSignal,
        wantsInput: false,
        onOutput: log.write,
      });
    } catch (thrown) {
      return { kind: "failed", reason: asMeshError(thrown, "workload_not_started").sentence, exitCode: undefined };
    }
    const started = await running.started;
    if ("failed" in started) {
      await running.exited;
      log.flush();
      return { kind: "failed", reason: started.failed, exitCode: started.exitCode };
    }
    const startedMs = clock.monotonicMs();
    const oomBefore = members.oomKills();
    const health = spec.healthcheck ? "starting" : "none";
    change({ state: "running", pid: started.pid, startedAtUs: clock.nowUs(), health });
    const over = new AbortController();
    const watching = watchHealth(started.pid, user, startedMs, over.signal);
    const exitCode = await running.exited;
    over.abort();
    await watching;
    log.flush();

    const oomKills = members.oomKills();
    const wasKilledForMemory = oomKills > oomBefore;
    // its figures are read while it runs: this one has just changed
    if (wasKilledForMemory) status = { ...status, resources: { ...status.resources, oomKills } };
    const reason = exitReason({ exitCode, wasKilledForMemory, limits: spec.limits, lastWord: log.lastWord() });
    log.say(reason);
    return { kind: "ended", exitCode, reason, ranMs: clock.monotonicMs() - startedMs };
  }

  function openGroup(): Group {
    const opened = createGroup(deps.cgroups, id, spec.limits);
    if (opened.unenforced.length > 0) log.say(`not enforced here: ${opened.unenforced.join(", ")}`);
    return opened;
  }

  function commandFor(argv: readonly string[], user: Credentials) {
    const personal = { HOME: user.home, USER: user.name, LOGNAME: user.name, HOSTNAME: id };
    const environment = { ...deps.environment, ...personal, ...spec.environment };
    return { argv, environment, workingDirectory: spec.workingDirectory };
  }

  async function watchHealth(pid: number, user: Credentials, startedMs: number, over: AbortSignal): Promise<void> {
    const config = spec.healthcheck;
    if (!config) return;
    const atMs = () => clock.monotonicMs() - startedMs;
    const command = commandFor(config.test, user);
    let state = FIRST_HEALTH;
    for (;;) {
      try {
        await clock.sleep(nextCheckMs(config, state, atMs()), over);
      } catch {
        return;
      }
      const cgroups = group?.procs ?? [];
      const result = await runCheck(place, { pid, id, user, command, cgroups, timeoutMs: config.timeoutMs }, clock);
      if (over.aborted) return;
      const before = state.health;
      state = afterCheck(config, state, { passed: result.passed, atMs: atMs() });
      const reason = result.passed ? undefined : `the healthcheck failed: ${result.said}`;
      if (state.health !== before) log.say(reason ? `${state.health}: ${reason}` : state.health);
      if (state.health !== before || reason !== status.reason) change({ health: state.health, reason });
    }
  }

  /** false: it is being stopped */
  async function pause(ms: number): Promise<boolean> {
    try {
      await clock.sleep(ms, stopping.signal);
      return true;
    } catch {
      return false;
    }
  }

  /** gives back what it holds of the host, when nothing of it runs any more */
  async function release(): Promise<void> {
    if (attached) await within(DETACH_MS, clock, agent.detach(key));
    attached = false;
    await group?.remove(clock);
    group = undefined;
  }

  async function end(drainMs: number): Promise<void> {
    const wasRunning = status.state === "running";
    stopping.abort();
    change({ state: "stopping", reason: undefined });
    if (running && wasRunning) {
      await within(drainMs, clock, Promise.race([agent.drain(key), running.exited]));
      running.signal(spec.stopSignal);
      if (!(await within(spec.stopGraceMs, clock, running.exited))) {
        log.say(`still there ${spec.stopGraceMs} ms after ${spec.stopSignal}: killed`);
      }
    }
    running?.kill();
    await life;
    await release();
    log.close();
  }

  const workload: Workload = {
    key,
    spec: () => spec,
    status: () => status,
    respecify(next) {
      spec = next;
    },
    wait(reason) {
      if (status.state === "waiting" && status.reason !== reason) change({ reason });
    },
    start() {
      if (status.state !== "waiting") return;
      life = live().catch((thrown) => {
        change({ state: "failed", reason: asMeshError(thrown, "workload_not_started").sentence });
      });
    },
    sample() {
      if (!group || status.state !== "running") return;
      const resources: ResourceSample = group.sample(status.pid);
      if (Object.keys(resources).length === 0) return;
      status = { ...status, resources, resourcesAtUs: clock.nowUs() };
      // it is the agent's samples that the observatory keeps
      tellAgent();
    },
    stop(drainMs) {
      stopped ??= end(drainMs);
      return stopped;
    },
  };
  return workload;
}
