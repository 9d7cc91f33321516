// The runner: runs a project's workloads and keeps the agent running. First program of the sandbox, started by the host:
//   bun main/runner.ts --state <the project's state directory> --cgroups <JSON of platform/cgroup Cgroups>
//     [--agent <JSON of model/agent AgentProgram>]     the agent that it starts with, when that is not our own
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { ownProcesses } from "../agent/supervisor/own-processes.ts";
import { systemClock } from "../base/clock.ts";
import type { AgentProgram } from "../model/agent.ts";
import type {
  HostToRunner,
  OwnProcess,
  RunnerToHost,
  RunnerToSupervisor,
  SupervisorToRunner,
} from "../model/messages.ts";
import { stateDirectory } from "../model/state-directory.ts";
import type { Cgroups } from "../platform/cgroup/cgroups.ts";
import { agentOutput } from "../platform/process/agent-output.ts";
import { knowsOnlyOneUser } from "../platform/process/credentials.ts";
import { serveRunner } from "../platform/process/runner.ts";
import { openChannel } from "../sys/channel.ts";
import { CHILD_ENDS, spawnProcess } from "../sys/spawn.ts";

const SCRATCH = "/run/meshwise";

const { values } = parseArgs({
  args: Bun.argv.slice(2),
  options: { state: { type: "string" }, cgroups: { type: "string" }, agent: { type: "string" } },
});
const root = values.state ?? "";
const state = stateDirectory(basename(root), { MESHWISE_STATE_DIR: dirname(root) });

const host = openChannel<HostToRunner, RunnerToHost>(CHILD_ENDS);
let isDone = false;
// the host is gone: with us ends PID 1, and with that everything
host.onClose(() => process.exit(isDone ? 0 : 1));

const measure = ownProcesses(systemClock);
const output = agentOutput(join(state.logs, "mesh", "agent.err"));
const ownAgent: AgentProgram = { runtime: process.execPath, main: join(import.meta.dirname, "supervisor.ts") };
serveRunner({
  clock: systemClock,
  host,
  state,
  stateHome: dirname(state.root),
  scratch: SCRATCH,
  cgroups: JSON.parse(values.cgroups ?? "") as Cgroups,
  rootless: knowsOnlyOneUser(),
  environment: process.env,
  measureSelf: (): readonly OwnProcess[] => measure([{ role: "runner", index: 0, pid: process.pid }]),
  program: values.agent === undefined ? ownAgent : (JSON.parse(values.agent) as AgentProgram),
  startAgent: ({ runtime, main }, generation, workers) =>
    spawnProcess<SupervisorToRunner, RunnerToSupervisor>(main, [String(generation)], {
      runtime,
      output: output.next(),
      environment: {
        ...process.env,
        MESHWISE_INGEST: state.ingestSocket,
        ...(workers !== undefined && { MESHWISE_WORKERS: String(workers) }),
      },
    }),
  lastWordsOfAgent: output.lastLine,
  exit: () => {
    isDone = true;
    host.close(); // what was said still goes out
  },
});
