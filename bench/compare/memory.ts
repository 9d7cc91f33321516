// Memory of an agent in a mesh of 1,000 services and 10,000 endpoints of which it calls 20, after load. The workers are real
// and have all of that; supervisor and opener are those of a project that runs, which is small.
import { LOAD_CORE } from "../contenders/contender.ts";
import { startMesh } from "../contenders/mesh.ts";
import { startWorkers } from "../contenders/workers.ts";
import { atMost, type Figure, information, type Section, type SuiteOptions } from "../suite.ts";
import { startPinned } from "../support/children.ts";
import { prepare } from "../support/field.ts";
import { loadOn } from "../support/http-load.ts";
import { pssOf } from "../support/memory.ts";
import { compile } from "../support/tools.ts";
import { MIB } from "../support/transfer.ts";

const MESH = { services: 1_000, endpointsEach: 10, called: 20 };
/** a collector comes late, and the mesh reads its own memory each five seconds */
const SETTLE_MS = 6_000;

export const memory: Section = {
  name: "memory",
  about: "memory of an agent with 2 workers, 1,000 services and 10,000 endpoints in the mesh, 20 called",
  run: measureMemory,
};

async function measureMemory({ isQuick, say }: SuiteOptions): Promise<readonly Figure[]> {
  const folder = await prepare(say);
  const backend = compile("backend", folder);
  const server = startPinned(LOAD_CORE, [backend]);
  const backendPort = Number(await server.readLine());
  const two = await workersAfterLoad(2, backendPort, isQuick, say);
  const three = await workersAfterLoad(3, backendPort, isQuick, say);
  say("starting a mesh");
  const mesh = await startMesh(folder, [backend, "0.0.0.0", "8080"]);
  await Bun.sleep(SETTLE_MS);
  const own = (await mesh.processes()).filter(({ role }) => role === "supervisor" || role === "opener");
  const others = own.reduce((bytes, { pssBytes }) => bytes + (pssBytes ?? 0), 0);
  await mesh.stop();

  return [
    atMost("memory of an agent, 2 workers", (two + others) / MIB, "MiB", { goal: 120, stretch: 80 }),
    atMost("memory of one worker more", (three - two) / MIB, "MiB", { goal: 25 }),
    information("memory of 2 workers", two / MIB, "MiB"),
    information("memory of supervisor and opener", others / MIB, "MiB"),
  ];
}

async function workersAfterLoad(
  count: number,
  backendPort: number,
  isQuick: boolean,
  say: SuiteOptions["say"],
): Promise<number> {
  const workers = await startWorkers(count, MESH, backendPort);
  try {
    const asked = isQuick ? workers.ports.slice(0, 5) : workers.ports;
    for (const port of asked) await loadOn(port)(1);
    if (workers.spans() === 0) throw new Error("the workers wrote no span");
    await Bun.sleep(SETTLE_MS);
    const bytes = workers.pids.reduce((sum, pid) => sum + pssOf(pid), 0);
    say(`${count} workers: ${(bytes / MIB).toFixed(1)} MiB, ${workers.spans()} spans`);
    return bytes;
  } finally {
    await workers.stop();
  }
}
