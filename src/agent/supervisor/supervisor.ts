// The head of the agent: does what the runner asks, keeps opener and workers running, and tells the workers who is ready.
// It stands by until it is told to lead; when another one shall lead, it finishes what it has begun, and ends.
import type { Clock } from "../../base/clock.ts";
import { asMeshError } from "../../base/errors/index.ts";
import { systemRandom } from "../../base/random.ts";
import { AGENT_PROTOCOL } from "../../model/agent.ts";
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
import { VERSION } from "../../model/release.ts";
import type { MeshConfig } from "../../model/snapshot.ts";
import type { Sample, WorkloadSample } from "../../model/telemetry.ts";
import type { WorkloadStatus } from "../../model/workload.ts";
import type { Channel } from "../../sys/channel.ts";
import { keepRunning } from "../../sys/keep-running.ts";
import { closeFds } from "../../sys/libc.ts";
import type { Spawned } from "../../sys/spawn.ts";
import { mapShared, prepareSharedFiles, removeFormerFiles, type Share } from "../shared-memory.ts";
import { type AttachDeps, attach, detach, forget } from "./attach.ts";
import { makeDebug } from "./debug.ts";
import { drained, until } from "./drain.ts";
import { hostFigures } from "./host-figures.ts";
import { noticedChanges } from "./noticed.ts";
import { openerClient } from "./opener-client.ts";
import { behindWrappers, ownProcesses, type Watched } from "./own-processes.ts";
import { makePublisher } from "./publisher.ts";
import { readySets } from "./ready-sets.ts";
import { ruleNames } from "./rule-names.ts";
import { startTelemetry } from "./telemetry.ts";
import { watchPorts } from "./watch.ts";
import { workerPool } from "./worker-pool.ts";
import { type Attached, endpointsOf, statusOf } from "./workloads.ts";

/** without a link to the host calls to the outside fail, and nothing else does */
const EGRESS_WITHIN_MS = 2000;
/** an observatory that is away must not keep an agent that leaves from ending */
const LAST_SPANS_MS = 3000;

export type SupervisorDeps = {
  readonly clock: Clock;
  readonly runner: Channel<RunnerToSupervisor, SupervisorToRunner>;
  readonly share: Share;
  readonly startOpener: () => Spawned<OpenerToSupervisor, SupervisorToOpener>;
  readonly startWorker: (index: number) => Spawned<WorkerToSupervisor, SupervisorToWorker>;
  /** path of the observatory's socket */
  readonly ingest: string;
  /** name of this agent's life */
  readonly agent: string;
};

export function serveSupervisor(deps: SupervisorDeps): void {
  const { clock, runner, share } = deps;
  const { workers } = share;
  runner.send({ type: "hello", protocol: AGENT_PROTOCOL, version: VERSION, workers });
  const files = prepareSharedFiles(share);
  const counters = connectionCounters(mapShared(files.counters), workers);
  // only workers have a row; the first look at the page gives it its seed
  const page = trafficPage(mapShared(files.page), files.rows, files.row(0), systemRandom().u32());
  const clear = (index: number) => {
    counters.clear(index);
    page.giveBack(files.row(index));
  };
  // workers end with their supervisor: what those of a supervisor before this one held is gone
  for (let index = 0; index < workers; index++) clear(index);
  const workloads = new Map<number, Attached>();
  let role: "standing" | "leading" | "leaving" = "standing";
  const mayWrite = Promise.withResolvers<void>();
  let hasEgress = false;
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
      wantEgress();
      becomeReady();
    },
    onEgressLost: () => wantEgress(),
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
  const noticed = noticedChanges(clock, (service) => config?.services.find(({ name }) => name === service)?.namespace);
  const debug = makeDebug({
    clock,
    ask: (question) => pool.ask(question),
    describe: (what) => (what === "config" ? publisher.current() : processes()),
  });
  const attaching: AttachDeps = { clock, workers, opener, sets, pool, workloads };

  const wantEgress = () => {
    hasEgress = false;
    runner.send({ type: "egressLinkWanted" });
  };

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
        clear(index);
        report(`worker ${index} died (${how}) and is started again; only its own connections are lost`);
      },
    }),
  );

  function fromWorker(index: number, message: WorkerToSupervisor): void {
    if (message.type === "ready") becomeReady();
    if (message.type === "refused") watch.look(message.key);
    if (message.type === "ejected" || message.type === "readmitted") {
      const identity = workloads.get(message.key)?.identity;
      if (!identity) return;
      const is = message.type === "ejected" ? "is given no requests" : "is given requests again";
      const text = `${identity.id} ${is}: ${message.what}`;
      if (message.type === "ejected") report(text);
      noticed.add("ejection", identity, text);
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

  // ── two agents at a time: this one comes, or goes ──
  async function stand(): Promise<void> {
    await allTurns();
    await until(clock, () => opener.isReady() && pool.readyCount() === workers);
    const late = clock.monotonicMs() + EGRESS_WITHIN_MS;
    await until(clock, () => hasEgress || clock.monotonicMs() > late);
    await publisher.publish();
    await until(clock, pool.swapped());
    runner.send({ type: "standing" });
  }

  async function leave(graceMs: number): Promise<void> {
    role = "leaving";
    await allTurns();
    await sets.end();
    const over = pool.drain(graceMs);
    for (const [index, child] of workerChildren.entries()) {
      void child.retire().then(() => {
        pool.lost(index);
        clear(index);
      });
    }
    runner.send({ type: "left" });
    const cut = await over;
    await Promise.race([telemetry.finish(), clock.sleep(LAST_SPANS_MS)]);
    runner.send({ type: "ended", cut });
    openerChild.stop();
    runner.close();
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

  const allTurns = async () => {
    while (turns.size > 0) await Promise.all(turns.values());
  };

  runner.onMessage((message, fds) => {
    switch (message.type) {
      case "lead":
        role = "leading";
        return pool.accept();
      case "write":
        mayWrite.resolve();
        return void sets.begin();
      case "told":
        return void stand();
      case "alone": {
        removeFormerFiles(share);
        for (let row = 0; row < files.rows; row++)
          if (row < files.row(0) || row > files.row(workers - 1)) page.giveBack(row);
        return;
      }
      case "leave":
        return void leave(message.graceMs);
      case "config":
        config = message.config;
        opener.setEgress(config.egress.allowed);
        return publish();
      case "published":
        return fds[0] === undefined ? undefined : pool.publish(message.listener, fds[0]);
      case "unpublished":
        return pool.unpublish(message.id);
      case "egressLink":
        if (fds.length !== 2) return closeFds(fds);
        hasEgress = true;
        return opener.egressLink(fds);
      case "attach": {
        const { key } = message.workload;
        return inTurn(key, async () => {
          try {
            // its rules must be there before it starts; one that was handed over has them
            if (fds.length === 0) await mayWrite.promise;
            const { netns, listeners, resolvers } = await attach(attaching, message.workload, fds);
            publish();
            watch.look(key);
            runner.send({ type: "attached", key, netns }, fds.length === 0 ? [...listeners, ...resolvers] : []);
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
      case "detach": {
        const isOurs = role === "leading";
        return inTurn(message.key, async () => {
          const status = workloads.get(message.key)?.status;
          // without an exit code: it went because it was to go, and is missed by nobody
          const { exitCode: _, ...known } = status ?? {};
          if (status && isOurs) {
            gone.push({ ...(known as WorkloadStatus), state: "exited", connections: 0, readyPorts: [] });
          }
          if (isOurs) await detach(attaching, message.key);
          else forget(attaching, message.key);
          publish();
          runner.send({ type: "detached", key: message.key });
        });
      }
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
    // who leaves still names those that ended while it led
    if (role !== "leading" && gone.length === 0) return undefined;
    const own = processes();
    if (role === "leading") runner.send({ type: "processes", processes: own });
    if (!config) return undefined;
    const ready = new Map<number, number[]>();
    for (const { workload, port } of publisher.current()?.endpoints ?? []) {
      ready.set(workload, [...(ready.get(workload) ?? []), port]);
    }
    const others = unattached.filter(({ key }) => !workloads.get(key)?.status);
    const past = gone;
    gone = [];
    return {
      project: config.project,
      services: config.services.map(({ key, name, namespace, routes }) => ({
        ...{ key, name, namespace },
        ...(routes && { routes }),
      })),
      workloads: [...workloads.values()]
        .flatMap((workload): WorkloadSample[] => {
          const { key } = workload.identity;
          const status = statusOf(workload);
          return status ? [{ ...status, connections: counters.total(key), readyPorts: ready.get(key) ?? [] }] : [];
        })
        .concat(others.map((status) => ({ ...status, connections: 0, readyPorts: [] })))
        .concat(past),
      processes: own,
      host: hostFigures(),
      changes: noticed.lately(),
    };
  };
  const telemetry = startTelemetry({
    clock,
    files,
    workers,
    ingest: deps.ingest,
    agent: deps.agent,
    describe,
    ruleOf: ruleNames(() => config),
  });
}
