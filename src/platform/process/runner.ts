// What the runner does with what the host says: workloads are its own affair, the rest goes on to the supervisor.
import { mkdirSync } from "node:fs";
import type { Clock } from "../../base/clock.ts";
import { asMeshError } from "../../base/errors/index.ts";
import type { AgentProgram, UpgradeRequest } from "../../model/agent.ts";
import type { HostToRunner, OwnProcess, RunnerToHost, UpgradeOutcome } from "../../model/messages.ts";
import type { StateDirectory } from "../../model/state-directory.ts";
import type { Channel } from "../../sys/channel.ts";
import type { Cgroups } from "../cgroup/cgroups.ts";
import { agentLink } from "./agent-link.ts";
import { type AgentsDeps, keepAgent } from "./agents.ts";
import { type Fleet, makeFleet } from "./fleet.ts";
import { openKeys } from "./keys.ts";
import type { Place } from "./launch.ts";
import { makeRuns, type Runs } from "./runs.ts";

export type RunnerDeps = {
  readonly clock: Clock;
  readonly host: Channel<HostToRunner, RunnerToHost>;
  readonly state: StateDirectory;
  /** the state of all projects: hidden from workloads */
  readonly stateHome: string;
  /** a directory that no workload sees */
  readonly scratch: string;
  readonly cgroups: Cgroups;
  readonly rootless: boolean;
  /** of whoever started us */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly measureSelf: () => readonly OwnProcess[];
  /** the agent's program at first */
  readonly program: AgentProgram;
  readonly startAgent: AgentsDeps["start"];
  readonly lastWordsOfAgent: AgentsDeps["lastWords"];
  /** everything has been stopped */
  readonly exit: () => void;
};

const STATUS_EVERY_MS = 1000;
/** what a command gets from the environment that Meshwise was started in; all else is the service's own affair */
const INHERITED = ["PATH", "LANG", "LC_ALL", "TZ"];

export function serveRunner(deps: RunnerDeps): void {
  const { clock, host, state, cgroups } = deps;
  mkdirSync(deps.scratch, { recursive: true });
  let started: { readonly fleet: Fleet; readonly runs: Runs } | undefined;
  let agentProcesses: readonly OwnProcess[] = [];
  let selfProcess: readonly OwnProcess[] = [];
  let isQueued = false;

  const tell = (level: "info" | "warning" | "error", text: string) =>
    host.send({ type: "event", atUs: clock.nowUs(), text, level });

  const sendStatus = () => {
    isQueued = false;
    const workloads = started ? [...started.fleet.statuses(), ...started.runs.statuses()] : [];
    host.send({ type: "status", workloads, processes: [...selfProcess, ...agentProcesses] });
    agent.report(workloads);
  };
  const queueStatus = () => {
    if (isQueued) return;
    isQueued = true;
    queueMicrotask(sendStatus);
  };

  const agent = agentLink(clock, {
    onReady: () => host.send({ type: "ready" }),
    onPorts: () => started?.fleet.look(),
    onOther(message) {
      if (message.type === "processes") agentProcesses = message.processes;
      else if (message.type === "event") tell(message.level, message.text);
      else host.send(message);
    },
  });

  /** The first project says where its folder is; it is the same for the runner's whole life. */
  const start = (project: string, directory: string) => {
    const place: Place = { rootless: deps.rootless, scratch: deps.scratch, stateHome: deps.stateHome, directory };
    const keys = openKeys(state.root, (reason) => tell("warning", reason));
    const environment = Object.fromEntries(
      INHERITED.flatMap((name) => (deps.environment[name] === undefined ? [] : [[name, deps.environment[name]]])),
    ) as Record<string, string>;
    const shared = { clock, agent, place, cgroups, project, environment, keys, onChange: queueStatus };
    return {
      fleet: makeFleet({
        ...shared,
        logs: state.logs,
        onSettled(version, failed) {
          sendStatus(); // first, because who waits for this tells the reasons from it
          host.send({ type: "settled", version, failed });
        },
      }),
      runs: makeRuns({ ...shared, send: (message) => host.send(message) }),
    };
  };

  const down = async () => {
    await Promise.all([started?.fleet.down(), started?.runs.stop()]);
    agents.stop();
    deps.exit();
  };

  const upgrade = async (request: UpgradeRequest): Promise<UpgradeOutcome> => {
    try {
      const upgraded = await agents.upgrade(request, (text) => host.send({ type: "upgrading", text }));
      return { ok: true, upgraded, program: request.program };
    } catch (thrown) {
      const { code, message } = asMeshError(thrown, "upgrade_failed");
      return { ok: false, code, detail: message };
    }
  };

  host.onMessage((message, fds) => {
    switch (message.type) {
      case "desired":
        agent.configure(message.config);
        started ??= start(message.project.name, message.project.directory);
        return started.fleet.desire(message.project, message.config.version);
      case "config":
        return agent.configure(message.config);
      case "published":
        return fds[0] === undefined ? undefined : agent.publish(message.listener, fds[0]);
      case "unpublished":
        return agent.unpublish(message.id);
      case "egressLink":
        return agent.egressLink(fds);
      case "debug":
        if (agent.ask(message)) return;
        return host.send({ type: "debugAnswer", id: message.id, answer: { error: "the agent is being started" } });
      case "run":
        if (started) return started.runs.start(message.request);
        return host.send({
          type: "runExit",
          id: message.request.id,
          exitCode: 125,
          reason: "the project is not up yet",
        });
      case "runInput":
        return started?.runs.input(message.id, Buffer.from(message.data, "base64"));
      case "runSignal":
        return started?.runs.signal(message.id, message.signal);
      case "upgrade":
        return void upgrade(message.request).then((outcome) => host.send({ type: "upgraded", outcome }));
      case "down":
        return void down();
    }
  });

  clock.every(STATUS_EVERY_MS, () => {
    selfProcess = deps.measureSelf();
    started?.fleet.tick();
    queueStatus();
  });

  const agents = keepAgent(
    {
      clock,
      link: agent,
      start: deps.startAgent,
      lastWords: deps.lastWordsOfAgent,
      onDeath(how) {
        const text = `the supervisor died (${how}) and is started again; workloads go on, open connections are lost`;
        tell("warning", text);
      },
      tell,
    },
    deps.program,
  );
}
