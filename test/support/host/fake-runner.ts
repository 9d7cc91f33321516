// Stands for the runner in a real sandbox, over a real channel: what it does is decided by the commands of the services,
// whose first word is one of these:
//   up        runs at once          slow <file>  is healthy when the file exists        fail  cannot start
//   die       the sandbox ends once                                      stubborn  does not stop
//   egress <address> <port> [text]  asks the host to connect and logs what comes back
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { systemClock as clock } from "../../../src/base/clock.ts";
import { formatLogLine, logFile } from "../../../src/model/log-line.ts";
import type { HostAnswer, HostRequest, HostToRunner, RunnerToHost } from "../../../src/model/messages.ts";
import type { Project, ServiceSpec } from "../../../src/model/project.ts";
import type { MeshConfig, PublishedListener } from "../../../src/model/snapshot.ts";
import { stateDirectory } from "../../../src/model/state-directory.ts";
import type { WorkloadStatus } from "../../../src/model/workload.ts";
import { adoptStream } from "../../../src/sys/adopt.ts";
import { type Channel, openChannel } from "../../../src/sys/channel.ts";
import { CHILD_ENDS } from "../../../src/sys/spawn.ts";

const root = process.env.MESHWISE_STATE ?? "";
const { logs } = stateDirectory(root.split("/").at(-1) ?? "", { MESHWISE_STATE_DIR: dirname(root) });
const host = openChannel<HostToRunner, RunnerToHost>(CHILD_ENDS);
let desired: { project: Project; config: MeshConfig } | undefined;
let isSettled = false;
let link: Channel<HostAnswer, HostRequest> | undefined;

if (existsSync(`${root}/broken-sandbox`)) {
  console.error("no namespaces for you");
  process.exit(1);
}
host.onClose(() => process.exit(1));
host.onMessage((message, fds) => {
  switch (message.type) {
    case "desired":
      desired = message;
      isSettled = false;
      for (const service of message.project.services) begin(service);
      take(message.config);
      return tell();
    case "config":
      return take(message.config);
    case "published":
      Bun.listen({
        fd: fds[0],
        socket: { open: (s: Bun.Socket) => void s.end(`hello from ${leadsTo(message.listener)}`), data() {} },
      } as never);
      return log(leadsTo(message.listener), `published ${message.listener.id}`);
    case "unpublished":
      return log("mesh-test", `unpublished ${message.id}`);
    case "egressLink":
      link = openChannel<HostAnswer, HostRequest>([fds[0] as number, fds[1] as number]);
      return askEgress(link);
    case "run": {
      const { id, command } = message.request;
      if (command[0] === "echo") {
        host.send({
          type: "runOutput",
          id,
          stream: "stdout",
          data: Buffer.from(`${command.slice(1).join(" ")}\n`).toString("base64"),
        });
        host.send({ type: "runExit", id, exitCode: 7 });
      }
      return;
    }
    case "runInput":
      if (message.data) host.send({ type: "runOutput", id: message.id, stream: "stderr", data: message.data });
      else host.send({ type: "runExit", id: message.id, exitCode: 0 });
      return;
    case "runSignal":
      log("mesh-test", `run ${message.id} got ${message.signal}`);
      return host.send({ type: "runExit", id: message.id, exitCode: 129 });
    case "debug":
      return host.send({ type: "debugAnswer", id: message.id, answer: { asked: message.what } });
    case "upgrade": {
      host.send({ type: "upgrading", text: "2 leads" });
      const { program } = message.request;
      const upgraded = { from: "1", to: "2", readyMs: 1200, drainMs: 340, cut: 0 };
      const failed = { ok: false, code: "upgrade_failed", detail: "it does not come up" } as const;
      const outcome = existsSync(program.main) ? ({ ok: true, upgraded, program } as const) : failed;
      return host.send({ type: "upgraded", outcome });
    }
    case "down":
      if (desired?.project.services.some(({ command }) => command[0] === "stubborn")) return;
      process.exit(0);
  }
});
host.send({ type: "ready" });
clock.every(20, tell);
// timers of the clock do not keep a process alive, its channel does

/** as workers do, unless the test wants them to be unable */
function take(config: MeshConfig): void {
  writeFileSync(`${root}/config.json`, JSON.stringify(config));
  const error = existsSync(`${root}/broken-workers`) ? { error: "no such engine" } : {};
  host.send({ type: "programmed", version: config.version, ...error });
}

function leadsTo({ service, gateway }: PublishedListener): string {
  return service ?? gateway ?? "";
}

function begin({ name, command, environment }: ServiceSpec): void {
  log(name, `${name} begins with ${JSON.stringify(environment)}`);
  if (command[0] === "die" && !existsSync(`${root}/died`)) {
    appendFileSync(`${root}/died`, "");
    console.error("died as it was told");
    process.exit(3);
  }
  if (command[0] === "egress") host.send({ type: "egressLinkWanted" });
}

function tell(): void {
  const services = desired?.project.services ?? [];
  const workloads = services.flatMap((service, index) =>
    Array.from({ length: service.replicas }, (_, i) => status(service, index, i)),
  );
  host.send({
    type: "status",
    workloads,
    processes: [{ role: "runner", index: 0, pid: process.pid, cpuUs: 1, pssBytes: 1 }],
  });
  const pending = workloads.some(({ health }) => health === "starting");
  if (!desired || pending || isSettled) return;
  isSettled = true;
  const failed = workloads.filter(({ state }) => state === "failed").map(({ id }) => id);
  host.send({ type: "settled", version: desired.config.version, failed });
}

function status(
  { name, command, version, revision, limits }: ServiceSpec,
  index: number,
  ordinal: number,
): WorkloadStatus {
  const isFailed = command[0] === "fail";
  const isSlow = command[0] === "slow" && !existsSync(command[1] ?? "");
  return {
    key: index * 100 + ordinal + 1,
    id: `${name}-${ordinal + 1}`,
    service: name,
    version,
    identity: "",
    address: { v4: "240.128.0.1", v6: "fd00:6d77:80::1" },
    declaredPorts: [],
    state: isFailed ? "failed" : "running",
    health: isSlow ? "starting" : "none",
    revision,
    restarts: 0,
    limits,
    ...(isFailed && { reason: "there is no program `fail`" }),
  };
}

function askEgress(link: Channel<HostAnswer, HostRequest>): void {
  const service = desired?.project.services.find(({ command }) => command[0] === "egress");
  if (!service) return;
  const [, address = "", port] = service.command;
  link.onMessage((answer, fds) => {
    if (answer.type === "resolved") return log(service.name, `resolved ${answer.rcode} ${answer.addresses.join(",")}`);
    if (!answer.ok) return log(service.name, `egress ${answer.error}: ${answer.detail}`);
    const data = (_: unknown, bytes: Buffer) => log(service.name, `egress said ${bytes.toString()}`);
    const close = (_: unknown, error?: Error) => log(service.name, `egress closed ${error?.message ?? ""}`);
    void adoptStream(fds[0] as number, { data, close, error() {} });
  });
  link.send({ type: "egress", id: 1, source: 1, address, port: Number(port) });
  link.send({ type: "resolve", id: 2, name: "localhost", family: 4 });
  link.send({ type: "resolve", id: 3, name: "no-such-name.invalid", family: 4 });
}

function log(service: string, text: string): void {
  const file = logFile(logs, service, `${service}-1`);
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, formatLogLine({ timeUs: clock.nowUs(), stream: "stdout", text }));
}
