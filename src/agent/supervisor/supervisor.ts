// The head of the agent: does what the runner asks, keeps opener and workers running, and tells the workers who is ready.
import type { Clock } from "../../base/clock.ts";
import { asMeshError } from "../../base/errors/index.ts";
import { systemRandom } from "../../base/random.ts";
import { connectionCounters } from "../../model/counters.ts";
import type {
  OpenerToSupervisor,
  OwnProcess,
  RunnerToSupervisor,
  SupervisorToOpener,
  SupervisorToRunner,
  SupervisorToWorker,
  WorkerToSupervisor,
} from "../../model/messages.ts";
import { trafficPage } from "../../model/page/page.ts";
import type { MeshConfig } from "../../model/snapshot.ts";
import type { Sample, WorkloadSample } from "../../model/telemetry.ts";
import type { WorkloadStatus } from "../../model/workload.ts";
import type { Channel } from "../../sys/channel.ts";
import { closeFds } from "../../sys/libc.ts";
import type { Spawned } from "../../sys/spawn.ts";
import { mapShared, prepareSharedFiles } from "../shared-memory.ts";
import { type AttachDeps, attach, detach } from "./attach.ts";
import { makeDebug } from "./debug.ts";
import { drained } from "./drain.ts";
import { keepRunning } from "./keep-running.ts";
import { openerClient } from "./opener-client.ts";
import { behindWrappers, ownProcesses, type Watched } from "./own-processes.ts";
import { makePublisher } from "./publisher.ts";
import { readySets } from "./ready-sets.ts";
import { ruleNames } from "./rule-names.ts";
import { startTelemetry } from "./telemetry.ts";
import { watchPorts } from "./watch.ts";
import { workerPool } from "./worker-pool.ts";
import { type Attached, endpointsOf } from "./workloads.ts";

export type SupervisorDeps = {
  readonly clock: Clock;
  readonly runner: Channel<RunnerToSupervisor, SupervisorToRunner>;
  readonly workers: number;
  readonly startOpener: () => Spawned<OpenerToSupervisor, SupervisorToOpener>;
  readonly startWorker: (index: number) => Spawned<WorkerToSupervisor, SupervisorToWorker>;
  /** folder on a tmpfs for what is shared with the workers */
  readonly sharedDirectory: string;
  /** path of the observatory's socket */
  readonly ingest: string;
  /** name of this agent's life */
  readonly agent: string;
};

export function serveSupervisor(deps: SupervisorDeps): void {
  const { clock, runner, workers } = deps;
  const files = prepareSharedFiles(deps.sharedDirectory, workers);
  const counters = connectionCounters(mapShared(files.counters), workers);
  // only workers have a row; the first look at the page gives it its seed
  const page = trafficPage(mapShared(files.page), workers, 0, systemRandom().u32());
  for (let index = 0; index < workers; index++) {
    // workers end with their supervisor: what those of a supervisor before this one held is gone
    counters.clear(index);
    page.giveBack(index);
  }
  const workloads = new Map<number, Attached>();
  let config: MeshConfig | undefined;

  const report = (text: string, level: "info" | "warning" | "error" = "warning") =>
    runner.send({ type: "event", text, level });

  // ── parts, each knowing only what it needs ──
  const sets = readySets((netns, reason) =>
    report(`rules of ${netns}: ${asMeshError(reason, "capture_failed").sentence}`, "error"),
  );
  const opener = openerClient({
    onReady: () => {
      pool.linkOpener();
      runner.send({ type: "egressLinkWanted" });
      becomeReady();
    },
    onEgressLost: () => runner.send({ type: "egressLinkWanted" }),
  });
  const pool = workerPool({
    opener,
    workloads,
    onMessage: (index, message) => fromWorker(index, message),
    onProgrammed(version, error) {
      if (error !== undefined) report(`a worker goes on with the config it had: ${error}`, "error");
      runner.send({ type: "programmed", version, ...(error !== undefined && { error }) });
    },
  });
  const publisher = makePublisher({
    sets,
    send: (snapshot) => pool.swap(snapshot),
    collect: () =>
      config && {
        config,
        workloads: [...workloads.values()].map(({ identity }) => identity),
        endpoints: [...workloads.values()].flatMap(endpointsOf),
      },
  });
  const publish = () =>
    void publisher.publish().catch((thrown) => report(asMeshError(thrown, "capture_failed").sentence, "error"));
  const watch = watchPorts({ clock, workloads, onChange: (workload) => portsChanged(workload) });
  const debug = makeDebug({
    clock,
    ask: (question) => pool.ask(question),
    describe: (what) => (what === "config" ? publisher.current() : processes()),
  });
  const attaching: AttachDeps = { clock, workers, opener, sets, pool, workloads };

  // ── our children ──
  let isReady = false;
  const becomeReady = () => {
    if (isReady || !opener.isReady() || pool.readyCount() < workers) return;
    isReady = true;
    runner.send({ type: "ready" });
  };
  const openerChild = keepRunning(clock, {
    start: deps.startOpener,
    onStart: (channel) => opener.connect(channel),
    onDeath: (how) => {
      opener.lost();
      report(`the opener died (${how}) and is started again; new connections wait for it`);
    },
  });
  const workerChildren = Array.from({ length: workers }, (_, index) =>
    keepRunning(clock, {
      start: () => deps.startWorker(index),
      onStart: (channel) => pool.connect(index, channel),
      onDeath: (how) => {
        pool.lost(index);
        counters.clear(index);
        page.giveBack(index);
        report(`worker ${index} died (${how}) and is started again; only its own connections are lost`);
      },
    }),
  );

  function fromWorker(index: number, message: WorkerToSupervisor): void {
    if (message.type === "ready") becomeReady();
    if (message.type === "refused") watch.look(message.key);
    if (message.type === "ejected") {
      const id = workloads.get(message.key)?.identity.id ?? `workload ${message.key}`;
      report(`${id} is given no requests: ${message.what}`);
    }
    if (message.type === "debugAnswer") debug.answer(index, message);
  }

  // ── readiness ──
  function portsChanged({ identity, netns, ports }: Attached): void {
    const { key, address } = identity;
    opener.tell({ key, netns, address, v6OnlyPorts: ports.filter((one) => one.v6Only).map((one) => one.port) });
    runner.send({ type: "readyPorts", key, ports: ports.map((one) => one.port) });
    publish();
  }

  // ── what the runner asks; one thing at a time for each workload ──
  const turns = new Map<number, Promise<void>>();
  const inTurn = (key: number, step: () => Promise<void>) => {
    const turn = (turns.get(key) ?? Promise.resolve()).then(step).catch((thrown) => {
      report(asMeshError(thrown, "capture_failed").sentence, "error");
    });
    turns.set(key, turn);
    void turn.finally(() => {
      if (turns.get(key) === turn) turns.delete(key);
    });
  };

  runner.onMessage((message, fds) => {
    switch (message.type) {
      case "config":
        config = message.config;
        opener.setEgress(config.egress.allowed);
        return publish();
      case "published":
        return fds[0] === undefined ? undefined : pool.publish(message.listener, fds[0]);
      case "unpublished":
        return pool.unpublish(message.id);
      case "egressLink":
        return fds.length === 2 ? opener.egressLink(fds) : closeFds(fds);
      case "attach": {
        const { key } = message.workload;
        return inTurn(key, async () => {
          try {
            const { netns } = await attach(attaching, message.workload);
            publish();
            watch.look(key);
            runner.send({ type: "attached", key, netns });
          } catch (thrown) {
            runner.send({ type: "attachFailed", key, reason: asMeshError(thrown, "capture_failed").sentence });
          }
        });
      }
      case "workload":
        return inTurn(message.status.key, async () => {
          const workload = workloads.get(message.status.key);
          if (!workload) return;
          const wasRoutable = workload.isRoutable;
          workload.status = message.status;
          workload.isRoutable = message.routable;
          watch.look(message.status.key);
          if (wasRoutable !== message.routable) publish();
        });
      case "unattached":
        unattached = message.workloads;
        return;
      case "drain":
        return inTurn(message.key, async () => {
          const workload = workloads.get(message.key);
          if (workload) {
            workload.isDraining = true;
            await publisher.publish();
          }
          void drained(clock, () => counters.total(message.key), pool.swapped()).then(() =>
            runner.send({ type: "drained", key: message.key }),
          );
        });
      case "detach":
        return inTurn(message.key, async () => {
          const status = workloads.get(message.key)?.status;
          // without an exit code: it went because it was to go, and is missed by nobody
          const { exitCode: _, ...known } = status ?? {};
          if (status) gone.push({ ...(known as WorkloadStatus), state: "exited", connections: 0, readyPorts: [] });
          await detach(attaching, message.key);
          publish();
          runner.send({ type: "detached", key: message.key });
        });
      case "debug":
        return debug.question(message, (answer) => runner.send(answer));
    }
  });

  // ── figures ──
  /** since the last sample: even the shortest run is named once, or its spans would have a number for a name */
  let gone: WorkloadSample[] = [];
  let unattached: readonly WorkloadStatus[] = [];
  const measure = ownProcesses(clock);
  const watched = (): Watched[] => {
    const found: Watched[] = [{ role: "supervisor", index: 0, pid: process.pid }];
    const openerPid = openerChild.pid();
    if (openerPid) found.push({ role: "opener", index: 0, pid: openerPid });
    for (const [index, child] of workerChildren.entries()) {
      const pid = child.pid();
      if (pid) found.push({ role: "worker", index, pid: behindWrappers(pid) });
    }
    return found;
  };
  function processes(): OwnProcess[] {
    return measure(watched());
  }
  const describe = (): Omit<Sample, "agent" | "atUs" | "lost"> | undefined => {
    const own = processes();
    runner.send({ type: "processes", processes: own });
    if (!config) return undefined;
    const ready = new Map<number, number[]>();
    for (const { workload, port } of publisher.current()?.endpoints ?? []) {
      ready.set(workload, [...(ready.get(workload) ?? []), port]);
    }
    const past = gone;
    gone = [];
    return {
      project: config.project,
      services: config.services.map(({ key, name, namespace }) => ({ key, name, namespace })),
      workloads: [...workloads.values()]
        .flatMap(({ identity: { key }, status }): WorkloadSample[] =>
          status ? [{ ...status, connections: counters.total(key), readyPorts: ready.get(key) ?? [] }] : [],
        )
        .concat(unattached.map((status) => ({ ...status, connections: 0, readyPorts: [] })))
        .concat(past),
      processes: own,
    };
  };
  startTelemetry({
    clock,
    files,
    workers,
    ingest: deps.ingest,
    agent: deps.agent,
    describe,
    ruleName: ruleNames(() => config),
  });
}
