// Real workers, as processes without privileges, in a mesh that does not exist: this process plays their supervisor and the
// opener, and every endpoint is one backend on loopback. For what a mesh's size costs, which no machine of a bench can start.
import { mapShared, prepareSharedFiles, RING_ROWS, type Share } from "../../src/agent/shared-memory.ts";
import { WORKER_ENGINE, workerCommand } from "../../src/agent/supervisor/worker-command.ts";
import { serviceAddress, workloadAddress } from "../../src/model/address.ts";
import type {
  OpenerToWorker,
  SupervisorToWorker,
  WorkerToOpener,
  WorkerToSupervisor,
} from "../../src/model/messages.ts";
import { NO_ROUTING } from "../../src/model/route.ts";
import { type PublishedListener, pack, type Snapshot } from "../../src/model/snapshot.ts";
import { spanReader } from "../../src/model/span-ring.ts";
import { channelPair, openChannel } from "../../src/sys/channel.ts";
import { closeFd, closeFds } from "../../src/sys/libc.ts";
import { dialTcp, listenTcp, localAddress } from "../../src/sys/socket.ts";
import { spawnProcess } from "../../src/sys/spawn.ts";
import { temporaryFolder } from "../support/children.ts";

export type Mesh = { readonly services: number; readonly endpointsEach: number; readonly called: number };

export type Workers = {
  readonly pids: readonly number[];
  /** of the published ports, one for each service that is called */
  readonly ports: readonly number[];
  /** spans that they wrote; each is read once a second */
  spans(): number;
  stop(): Promise<void>;
};

type ToWorker = ReturnType<typeof spawnProcess<WorkerToSupervisor, SupervisorToWorker>>;

const PORT = 8080;
const COLLECT_MS = 250;
const WORKER = new URL("../../src/main/worker.ts", import.meta.url).pathname;

export async function startWorkers(count: number, mesh: Mesh, backendPort: number): Promise<Workers> {
  const share: Share = { directory: temporaryFolder("/dev/shm"), generation: 0, workers: count };
  const files = prepareSharedFiles(share);
  const { prefix, becomes } = workerCommand();
  const listeners = Array.from({ length: mesh.called }, (_, i) => publish(i + 1));
  const snapshot = pack(
    snapshotOf(
      mesh,
      listeners.map(({ listener }) => listener),
    ),
  );
  const environment = { ...process.env, ...WORKER_ENGINE };
  const workers: ToWorker[] = [];
  for (let index = 0; index < count; index++) {
    const args = [String(index), JSON.stringify(share), becomes === undefined ? "" : String(becomes)];
    const worker = spawnProcess<WorkerToSupervisor, SupervisorToWorker>(WORKER, args, { prefix, environment });
    workers.push(worker);
    await applied(worker, () => {
      openerFor(worker, backendPort);
      worker.channel.send({ type: "snapshot", snapshot });
    });
    for (const { listener, fd } of listeners) worker.channel.send({ type: "published", listener }, [fd]);
  }
  for (const { fd } of listeners) closeFd(fd);

  let spans = 0;
  const readers = workers.map((_, index) => spanReader(mapShared(files.ring(index)), RING_ROWS));
  const collecting = setInterval(() => {
    for (const reader of readers) spans += reader.drain(RING_ROWS, () => {});
  }, COLLECT_MS);
  return {
    pids: workers.map(({ process }) => process.pid),
    ports: listeners.map(({ listener }) => listener.hostPort),
    spans: () => spans,
    async stop() {
      clearInterval(collecting);
      for (const { process } of workers) process.kill("SIGKILL");
      await Promise.all(workers.map(({ process }) => process.exited));
    },
  };
}

/** Resolves once it has the snapshot that `send` sends when it is ready. */
function applied({ channel, process }: ToWorker, send: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    process.exited.then((code) => reject(new Error(`a worker ended with ${code}`)));
    channel.onMessage((message) => {
      if (message.type === "ready") send();
      if (message.type === "applied") resolve();
    });
  });
}

/** Each endpoint is the backend. */
function openerFor({ channel }: ToWorker, backendPort: number): void {
  const { here, there } = channelPair();
  channel.send({ type: "opener" }, there);
  closeFds(there);
  const opener = openChannel<WorkerToOpener, OpenerToWorker>(here);
  opener.onMessage(({ type, id }) => {
    if (type !== "dial") return;
    const fd = dialTcp("127.0.0.1", backendPort);
    opener.send({ type: "dialed", id, ok: true }, [fd]);
    closeFd(fd);
  });
}

function publish(service: number): { readonly listener: PublishedListener; readonly fd: number } {
  const fd = listenTcp("127.0.0.1", 0);
  const { port } = localAddress(fd);
  return {
    fd,
    listener: {
      id: service,
      hostAddress: "127.0.0.1",
      hostPort: port,
      service: nameOf(service),
      targetPort: PORT,
      protocol: "http",
    },
  };
}

function nameOf(service: number): string {
  return `service-${service}`;
}

function snapshotOf({ services, endpointsEach }: Mesh, published: readonly PublishedListener[]): Snapshot {
  const keys = Array.from({ length: services * endpointsEach }, (_, i) => i + 1);
  const serviceOf = (workload: number) => nameOf(1 + ((workload - 1) % services));
  return {
    version: 1,
    project: "bench",
    services: Array.from({ length: services }, (_, i) => ({
      key: i + 1,
      name: nameOf(i + 1),
      namespace: "bench",
      address: serviceAddress(i + 1),
      protocols: { [PORT]: "http" },
    })),
    published,
    egress: { allowed: false },
    routing: NO_ROUTING,
    workloads: keys.map((key) => ({
      key,
      id: `${serviceOf(key)}-${key}`,
      service: serviceOf(key),
      version: "1",
      identity: `spiffe://meshwise.local/ns/bench/sa/${serviceOf(key)}`,
      address: workloadAddress(key),
      declaredPorts: [PORT],
    })),
    endpoints: keys.map((key) => ({ workload: key, service: serviceOf(key), port: PORT, via: "own" })),
  };
}
