// The supervisor: head of the agent. Started by the runner, inside the sandbox:
//   bun main/supervisor.ts [its number among the agents of this sandbox, from 0]
// $MESHWISE_INGEST: path of the observatory's socket. $MESHWISE_WORKERS: how many workers (default: min(cores, 4)).
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Share } from "../agent/shared-memory.ts";
import { serveSupervisor } from "../agent/supervisor/supervisor.ts";
import { WORKER_ENGINE, workerCommand } from "../agent/supervisor/worker-command.ts";
import { systemClock } from "../base/clock.ts";
import { systemRandom } from "../base/random.ts";
import type {
  OpenerToSupervisor,
  RunnerToSupervisor,
  SupervisorToOpener,
  SupervisorToRunner,
  SupervisorToWorker,
  WorkerToSupervisor,
} from "../model/messages.ts";
import { openChannel } from "../sys/channel.ts";
import { CHILD_ENDS, spawnProcess } from "../sys/spawn.ts";

const SHARED_DIRECTORY = "/run/meshwise";
/** two agents at a time have rows in one page, and its leases have room for 64 */
const MAX_WORKERS = 32;

const { prefix, becomes } = workerCommand();
const share: Share = {
  directory: SHARED_DIRECTORY,
  generation: Number(process.argv[2] ?? 0),
  workers: workerCount(process.env.MESHWISE_WORKERS),
};
const runner = openChannel<RunnerToSupervisor, SupervisorToRunner>(CHILD_ENDS);
runner.onClose(() => process.exit(0));

serveSupervisor({
  clock: systemClock,
  runner,
  share,
  startOpener: () => spawnProcess<OpenerToSupervisor, SupervisorToOpener>(join(import.meta.dir, "opener.ts"), []),
  startWorker: (index) =>
    spawnProcess<WorkerToSupervisor, SupervisorToWorker>(
      join(import.meta.dir, "worker.ts"),
      [String(index), JSON.stringify(share), String(becomes ?? "")],
      { prefix, environment: { ...process.env, ...WORKER_ENGINE } },
    ),
  ingest: process.env.MESHWISE_INGEST ?? "",
  agent: systemRandom().u32().toString(16).padStart(8, "0"),
});

function workerCount(wanted: string | undefined): number {
  const count = Number(wanted);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_WORKERS) return count;
  return Math.min(availableParallelism(), 4);
}
