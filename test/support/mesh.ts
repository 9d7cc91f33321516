// A real agent for tests: supervisor, opener and workers as processes, with the test as their runner, and programs in the
// workloads' network namespaces. To be used inside `sandboxed`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serviceAddress, workloadAddress } from "../../src/model/address.ts";
import { spiffeId } from "../../src/model/identity.ts";
import type { OwnProcess, RunnerToSupervisor, SupervisorToRunner } from "../../src/model/messages.ts";
import { NO_ROUTING } from "../../src/model/route.ts";
import type { MeshConfig } from "../../src/model/snapshot.ts";
import { type Batch, decodeBatch } from "../../src/model/span-batch.ts";
import type { Sample } from "../../src/model/telemetry.ts";
import type { WorkloadIdentity } from "../../src/model/workload.ts";
import { type Spawned, spawnProcess } from "../../src/sys/spawn.ts";
import { eventually } from "./eventually.ts";

const PROJECT = "shop";
const SUPERVISOR = join(import.meta.dir, "../../src/main/supervisor.ts");

export type Agent = Spawned<SupervisorToRunner, RunnerToSupervisor> & {
  readonly got: { readonly message: SupervisorToRunner; readonly fds: readonly number[] }[];
  /** the newest message of a type */
  last<Type extends SupervisorToRunner["type"]>(type: Type): Extract<SupervisorToRunner, { type: Type }> | undefined;
};

/** What a test observatory was sent. */
export type Observed = { readonly batches: Batch[]; readonly samples: Sample[]; stop(): void };

export function serviceConfig(names: readonly string[], egressAllowed = true): MeshConfig {
  return {
    version: 1,
    project: PROJECT,
    services: names.map((name, index) => ({
      key: index + 1,
      name,
      namespace: PROJECT,
      address: serviceAddress(index + 1),
      protocols: {},
    })),
    published: [],
    egress: { allowed: egressAllowed },
    routing: NO_ROUTING,
  };
}

export function identity(key: number, service: string, declaredPorts: readonly number[] = []): WorkloadIdentity {
  return {
    key,
    id: `${service}-${key}`,
    service,
    version: "1",
    identity: spiffeId(PROJECT, service),
    address: workloadAddress(key),
    declaredPorts,
  };
}

export function testDirectory(): { readonly path: string; readonly ingest: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "mesh-"));
  return { path, ingest: join(path, "ingest.sock"), remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** @param generation rises with each that takes over from one that runs; it then stands by and does not lead at once */
export async function startAgent(ingest: string, workers = 2, generation = 0): Promise<Agent> {
  const environment = { ...process.env, MESHWISE_WORKERS: String(workers), MESHWISE_INGEST: ingest };
  const spawned = spawnProcess<SupervisorToRunner, RunnerToSupervisor>(SUPERVISOR, [String(generation)], {
    environment,
  });
  const got: Agent["got"] = [];
  spawned.channel.onMessage((message, fds) => void got.push({ message, fds }));
  if (generation === 0) for (const type of ["lead", "write", "alone"] as const) spawned.channel.send({ type });
  const agent: Agent = {
    ...spawned,
    got,
    last: (type) => got.findLast((one) => one.message.type === type)?.message as ReturnType<Agent["last"]> as never,
  };
  await eventually(() => agent.last("ready"));
  return agent;
}

/** Attaches it; resolves with the path of its namespace. @param sockets those that another agent has made for it */
export async function attach(
  agent: Agent,
  workload: WorkloadIdentity,
  sockets: readonly number[] = [],
): Promise<string> {
  const start = agent.got.length;
  agent.channel.send({ type: "attach", workload }, sockets);
  const answer = await eventually(() =>
    agent.got
      .slice(start)
      .map((one) => one.message)
      .find((one) => (one.type === "attached" || one.type === "attachFailed") && one.key === workload.key),
  );
  if (answer.type === "attached") return answer.netns;
  throw new Error(answer.type === "attachFailed" ? answer.reason : "");
}

/** What the agent has made for the workload, as its runner keeps it for the next one. */
export function socketsOf({ got }: Agent, { key }: WorkloadIdentity): readonly number[] {
  return got.find(({ message }) => message.type === "attached" && message.key === key)?.fds ?? [];
}

export function routable(agent: Agent, workload: WorkloadIdentity, isRoutable = true): void {
  agent.channel.send({
    type: "workload",
    status: { ...workload, state: "running", health: "none", revision: "1", restarts: 0, limits: {} },
    routable: isRoutable,
  });
}

export async function readyPort(agent: Agent, key: number, port: number): Promise<void> {
  await eventually(() =>
    agent.got.some(
      (one) => one.message.type === "readyPorts" && one.message.key === key && one.message.ports.includes(port),
    ),
  );
}

export async function processesOf(agent: Agent): Promise<readonly OwnProcess[]> {
  return (await eventually(() => agent.last("processes"))).processes;
}

/** A program in a workload's network namespace. */
export function inside(netns: string, command: readonly string[]): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  return Bun.spawn(["nsenter", `--net=${netns}`, ...command], { stdio: ["ignore", "pipe", "pipe"] });
}

export async function output(netns: string, command: readonly string[]): Promise<string> {
  const child = inside(netns, command);
  const [out, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return (out + errors).trim();
}

/** An HTTP server that answers with `text`, written in Python so that nothing of ours is in it. A request for
 *  `/until<path of a file>` is answered once there is such a file. */
export function httpServer(netns: string, port: number, text: string, address = "::"): Bun.Subprocess {
  const script = `
import http.server, os, socket, time
class H(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        while self.path.startswith("/until") and not os.path.exists(self.path[6:]): time.sleep(0.01)
        body = ("${text} " + self.client_address[0]).encode()
        self.send_response(200); self.send_header("content-length", str(len(body))); self.end_headers(); self.wfile.write(body)
    def log_message(self, *a): pass
class S(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6 if ":" in "${address}" else socket.AF_INET
    request_queue_size = 128
    def server_bind(self):
        if self.address_family == socket.AF_INET6: self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()
S(("${address}", ${port}), H).serve_forever()`;
  return inside(netns, ["python3", "-c", script]);
}

/** An observatory that keeps what it is sent. */
export function observe(ingest: string): Observed {
  const batches: Batch[] = [];
  const samples: Sample[] = [];
  const server = Bun.serve({
    unix: ingest,
    async fetch(request) {
      if (new URL(request.url).pathname === "/ingest/spans") {
        const batch = decodeBatch(new Uint8Array(await request.arrayBuffer()));
        if (!batch) return new Response("no batch", { status: 400 });
        batches.push(batch);
      } else {
        samples.push((await request.json()) as Sample);
      }
      return new Response(null, { status: 204 });
    },
  });
  return { batches, samples, stop: () => void server.stop(true) };
}
