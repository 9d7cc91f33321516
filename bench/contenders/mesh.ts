// The mesh itself, as a user has it: `meshwise up` with one service, and a shell of a workload of its own (`meshwise run`)
// from which the service is called, captured by the kernel like any caller. One worker, on the proxies' core together with
// the opener and the supervisor; the rest of the project runs where the load does.
import type { HostState } from "../../src/api/host-types.ts";
import { type Child, runPinned, startPinned } from "../support/children.ts";
import { family } from "../support/family.ts";
import { LOAD_CORE, PROXY_CORE } from "./contender.ts";

export type Mesh = {
  /** of the supervisor; the opener and the worker are its children */
  readonly pid: number;
  /** runs a command line as a workload; resolves with what it wrote */
  run(command: readonly string[]): Promise<string>;
  /** what its own processes use, as it says itself */
  processes(): Promise<HostState["processes"]>;
  /** requests that the observatory was told of; throws when there is none */
  requestsSeen(): Promise<number>;
  stop(): Promise<void>;
};

const MESHWISE = new URL("../../bin/meshwise", import.meta.url).pathname;
const UP_WITHIN_MS = 60_000;
const LOOK_MS = 200;
const DONE = "bench: done";

/** @param command of the service `catalog`, which listens on port 8080 */
export async function startMesh(folder: string, command: readonly string[]): Promise<Mesh> {
  const directory = folder;
  const environment = {
    MESHWISE_STATE_DIR: `${folder}/state`,
    MESHWISE_API_PORT: "0",
    MESHWISE_WORKERS: "1",
  };
  await Bun.write(`${folder}/compose.yaml`, composeFile(command));
  const ask = (...words: readonly string[]) => runPinned(LOAD_CORE, [MESHWISE, ...words], { directory, environment });

  const up = startPinned(LOAD_CORE, [MESHWISE, "up"], { log: `${folder}/up.log`, directory, environment });
  const state = async () => JSON.parse(await ask("ps", "-o", "json")) as HostState;
  const pid = await supervisorOf(state);
  for (const member of family(pid)) {
    await runPinned(LOAD_CORE, ["taskset", "--all-tasks", "--cpu-list", "--pid", String(PROXY_CORE), String(member)]);
  }
  const shell = startPinned(LOAD_CORE, [MESHWISE, "run", "--", "sh"], { directory, environment });
  return {
    pid,
    run: (words) => runInside(shell, words),
    processes: async () => (await state()).processes,
    async requestsSeen() {
      const { rows } = JSON.parse(await ask("stat", "catalog", "--since", "1h", "-o", "json")) as {
        rows: { requests: number }[];
      };
      const requests = rows[0]?.requests ?? 0;
      if (requests === 0) throw new Error("the mesh wrote no span: this would be a comparison of something else");
      return requests;
    },
    async stop() {
      await shell.stop();
      await up.stop();
    },
  };
}

async function runInside(shell: Child, words: readonly string[]): Promise<string> {
  shell.write(`${words.map(quoted).join(" ")} 2>&1; echo; echo ${quoted(DONE)} $?\n`);
  let output = "";
  for (;;) {
    const line = await shell.readLine();
    if (line === `${DONE} 0`) return output;
    if (line.startsWith(DONE)) throw new Error(`${words[0]} failed inside the mesh: ${output.trim()}`);
    output += `${line}\n`;
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Once everything runs. */
async function supervisorOf(ask: () => Promise<HostState>): Promise<number> {
  const deadline = performance.now() + UP_WITHIN_MS;
  for (;;) {
    const state = await ask().catch(() => undefined);
    const isUp = state?.workloads.length === 1 && state.workloads.every((one) => one.state === "running");
    const supervisor = state?.processes.find(({ role }) => role === "supervisor");
    const hasWorker = state?.processes.some(({ role }) => role === "worker");
    if (isUp && supervisor && hasWorker) return supervisor.pid;
    if (performance.now() > deadline) throw new Error("the mesh did not come up");
    await Bun.sleep(LOOK_MS);
  }
}

function composeFile(command: readonly string[]): string {
  return `name: bench
services:
  catalog:
    command: ${JSON.stringify(command)}
    expose: ["8080"]
`;
}
