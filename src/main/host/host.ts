// One running project: everything the host process does, wired together. `openHost` starts it, `HostApi` is what the CLI
// can ask of it, and `end` takes all of it down again.
import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { HostApi } from "../../api/host-server.ts";
import type { HostState } from "../../api/host-types.ts";
import { readLogs } from "../../api/logs.ts";
import type { Clock } from "../../base/clock.ts";
import { MeshError } from "../../base/errors/index.ts";
import { statusBoard } from "../../control/gateway/board.ts";
import type { AgentProgram } from "../../model/agent.ts";
import type { HostAnswer, HostRequest, HostToRunner, OwnProcess, RunnerToHost } from "../../model/messages.ts";
import type { StateDirectory } from "../../model/state-directory.ts";
import { isFollowing } from "../../model/visit.ts";
import type { WorkloadStatus } from "../../model/workload.ts";
import { channelPair, openChannel } from "../../sys/channel.ts";
import { closeFds } from "../../sys/libc.ts";
import { applier, type Emit } from "./apply.ts";
import { debugQuestions } from "./debug.ts";
import { serveEgress } from "./egress-link.ts";
import { openJournal } from "./journal.ts";
import { objects } from "./objects.ts";
import { startObservatory } from "./observatory.ts";
import { allProcesses } from "./processes.ts";
import { type Carrier, publishedPorts } from "./published.ts";
import { hostResolver } from "./resolver.ts";
import { runs as makeRuns } from "./runs.ts";
import { type Sandbox, startSandbox } from "./sandbox.ts";
import { stopping } from "./stopping.ts";
import { toldChanges } from "./told-changes.ts";
import { upgrades } from "./upgrade.ts";
import { visitorSecrets } from "./visitor-keys.ts";
import { whomToForget } from "./whom-to-forget.ts";

export type HostOptions = {
  readonly clock: Clock;
  readonly state: StateDirectory;
  readonly composeFile: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly limitations: readonly string[];
  /** what makes the namespaces, and the runner's own arguments */
  readonly sandbox: {
    readonly prefix: () => readonly string[];
    readonly main: string;
    /** @param agent the one to begin with; undefined: the runner's own */
    readonly args: (agent: AgentProgram | undefined) => readonly string[];
  };
  readonly observatoryMain: string;
  readonly onApiUrl: (apiUrl: string) => void;
};

export type Host = {
  readonly api: HostApi;
  /** nothing has been applied yet */
  readonly isIdle: boolean;
  /** something was applied, and a sandbox worked: there is a project to be looked after */
  readonly isInUse: boolean;
  /** stops every workload in order, then the mesh; again: the same promise */
  end(emit?: Emit): Promise<void>;
  /** without waiting for anybody */
  endNow(): void;
};

/** so many sandboxes may end before one of them worked until whoever waits is told that it does not work */
const HOPELESS = 3;

export function openHost(options: HostOptions): Host {
  const { clock, state } = options;
  const startedAtUs = clock.nowUs();
  const journal = openJournal(state.logs, clock);
  const resolve = hostResolver(clock);
  const ports = publishedPorts();
  let workloads: readonly WorkloadStatus[] = [];
  let processes: readonly OwnProcess[] = [];
  let hasWorked = false;
  let ended: Promise<void> | undefined;

  const carrier: Carrier = {
    published: (listener, fd) => sandbox.send({ type: "published", listener }, [fd]),
    unpublished: (id) => sandbox.send({ type: "unpublished", id }),
  };
  const board = statusBoard();
  const told = toldChanges(clock, (message) => observatory.tell(message));
  const secrets = visitorSecrets(clock, isFollowing(options.environment), () => routing.renew());
  const configuring = { clock, state, ports, carrier, board, visitors: secrets.keys, changed: told.configured };
  const send = (message: HostToRunner) => sandbox.send(message);
  const work = applier({
    ...configuring,
    send,
    workloads: () => workloads,
    objectsOf(project) {
      routing.watch(project);
      return routing.gather(project);
    },
  });
  const routing = objects({
    ...configuring,
    journal,
    send,
    inTurn: work.inTurn,
    project: () => work.desired?.project,
    onConfig: work.reconfigured,
  });
  const runs = makeRuns(clock, (message) => sandbox.send(message));
  const upgrade = upgrades({ send, say: journal.say });
  const debug = debugQuestions(clock, (message) => sandbox.send(message));

  const link = () => {
    const { here, there } = channelPair();
    const channel = openChannel<HostRequest, HostAnswer>(here);
    const isAllowed = () => work.desired?.project.egress.allowed ?? false;
    serveEgress(channel, { resolve, isAllowed, otlp: () => observatory.otlp });
    sandbox.send({ type: "egressLink" }, there);
    closeFds(there);
  };

  const take = (message: RunnerToHost) => {
    switch (message.type) {
      case "ready":
        hasWorked = true;
        return;
      case "status":
        workloads = message.workloads;
        processes = message.processes;
        observatory.tell({ processes: processesNow() });
        return;
      case "event": {
        const text = message.workload ? `${message.workload}: ${message.text}` : message.text;
        // what concerns one workload is in its own log already
        if (!message.workload) journal.say(text);
        work.note({ type: message.level === "info" ? "progress" : "warning", text });
        return;
      }
      case "egressLinkWanted":
        return link();
      case "runOutput":
      case "runExit":
        return runs.take(message);
      case "debugAnswer":
        return debug.take(message);
      case "upgrading":
      case "upgraded":
        return upgrade.take(message);
      case "settled":
        return work.settled(message);
      case "programmed":
        told.programmed(message);
        return routing.programmed(message.version, message.error);
    }
  };

  const sandbox: Sandbox = startSandbox({
    clock,
    prefix: options.sandbox.prefix,
    main: options.sandbox.main,
    args: () => options.sandbox.args(upgrade.program),
    environment: { ...options.environment, MESHWISE_STATE: state.root },
    outputFile: join(state.logs, "mesh", "sandbox.err"),
    onMessage: take,
    onStart() {
      // the first one starts before anything was applied, and `sandbox` is not there yet
      if (!work.desired) return;
      ports.resend(carrier);
      sandbox.send({ type: "desired", project: work.desired.project, config: work.desired.config });
    },
    onEnd(how, failures, againMs) {
      workloads = [];
      processes = [];
      board.lost(clock.nowUs());
      runs.endAll("the sandbox that held it has ended");
      debug.endAll();
      upgrade.lost("the sandbox that held it has ended");
      const text = `the sandbox with every workload ${hasWorked ? "ended" : "did not start"}: ${how}; again in ${againMs} ms`;
      journal.say(text);
      work.note({ type: "warning", text });
      if (!hasWorked && failures >= HOPELESS) work.giveUp(new MeshError("sandbox_ended", how));
    },
  });
  const observatory = startObservatory({
    clock,
    main: options.observatoryMain,
    environment: { ...options.environment, MESHWISE_STATE: state.root },
    errorFile: join(state.logs, "mesh", "observatory.err"),
    onReady(apiUrl) {
      told.observatoryReady();
      options.onApiUrl(apiUrl);
    },
    onEnd: (how, againMs) => journal.say(`the observatory ended: ${how}; again in ${againMs} ms`),
  });

  const measured = allProcesses(clock);
  const processesNow = () => measured({ processes, sandboxPid: sandbox.pid, observatoryPid: observatory.pid });

  const end = async (emit: Emit) => {
    work.close(new MeshError("host_ending", "it was asked to stop"));
    routing.close();
    secrets.stop();
    runs.endAll("the project is being stopped");
    told.ending();
    await stopping({ clock, sandbox, project: work.desired?.project, workloads: () => workloads, emit });
    ports.close();
    await observatory.stop();
    rmSync(state.ingestSocket, { force: true });
  };

  return {
    get isIdle() {
      return work.desired === undefined;
    },
    get isInUse() {
      return work.desired !== undefined && hasWorked;
    },
    end: (emit = () => {}) => {
      ended ??= end(emit);
      return ended;
    },
    endNow() {
      sandbox.kill();
      observatory.kill();
    },
    api: {
      state: (): HostState => ({
        project: basename(state.root),
        composeFile: work.desired?.composeFile ?? options.composeFile,
        pid: process.pid,
        startedAtUs,
        rootless: process.getuid?.() !== 0,
        ...(observatory.apiUrl !== undefined && { apiUrl: observatory.apiUrl }),
        published: ports.listeners.flatMap(({ service, targetPort, hostAddress, hostPort }) =>
          service === undefined ? [] : [{ service, targetPort, hostAddress, hostPort }],
        ),
        gateways: ports.listeners.flatMap(({ gateway, hostAddress, hostPort, protocol }) =>
          gateway === undefined ? [] : [{ gateway, hostAddress, hostPort, protocol: protocol ?? "http" }],
        ),
        workloads,
        processes: processesNow(),
        limitations: options.limitations,
      }),
      apply: work.apply,
      objects: routing.list,
      applyObjects: routing.apply,
      deleteObjects: routing.delete,
      async upgrade(request, emit) {
        if (hasWorked && !ended) return upgrade.start(request, emit);
        const { code, sentence } = new MeshError("upgrade_failed", "the project is not up");
        emit({ type: "error", code, text: sentence });
      },
      // `done` is for the process to say, when nothing is left
      down: (emit) => {
        ended ??= end(emit);
        return ended;
      },
      restartObservatory: observatory.restart,
      forget: async (request) => ({ requests: await observatory.forget(whomToForget(request, secrets.hashesOf)) }),
      logs: (query, signal) => readLogs(state.logs, query, clock, signal),
      run(body, emit, signal) {
        if (hasWorked && !ended) return runs.start(body, emit, signal);
        emit({ type: "exit", exitCode: 125, reason: "the project is not up" });
        return Promise.resolve();
      },
      runInput: runs.input,
      endRunInput: runs.endInput,
      runSignal: runs.signal,
      debug: (what) => debug.ask(what),
    },
  };
}
