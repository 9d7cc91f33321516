// The process that may enter namespaces. It makes sockets there for the supervisor and the workers and passes them on; it
// believes a worker nothing: keys must be known, values must have their type, addresses are checked.
import type { Clock } from "../../base/clock.ts";
import type {
  HostAnswer,
  HostRequest,
  OpenerToSupervisor,
  OpenerToWorker,
  SupervisorToOpener,
  WorkerToOpener,
} from "../../model/messages.ts";
import { type Channel, type ChannelEnds, openChannel } from "../../sys/channel.ts";
import { closeFd, closeFds } from "../../sys/libc.ts";
import { makeOutside, refuse } from "./outside.ts";
import { isWellFormed } from "./request.ts";
import { dialWorkload, openSockets } from "./sockets.ts";
import { knownWorkloads } from "./workloads.ts";

export function serveOpener(supervisor: Channel<SupervisorToOpener, OpenerToSupervisor>, clock: Clock): void {
  const workloads = knownWorkloads();
  const outside = makeOutside({ clock, onLost: () => supervisor.send({ type: "egressLost" }) });

  const serveWorker = (worker: Channel<WorkerToOpener, OpenerToWorker>) => {
    const reply = (answer: OpenerToWorker, fds: readonly number[] = []) => worker.send(answer, fds);
    worker.onMessage((request, fds) => {
      closeFds(fds); // no worker has a reason to send any
      if (!isWellFormed(request)) return worker.close();
      if (request.type === "resolve") return outside.resolve(request, reply);
      const { id } = request;
      if (request.type === "egress") {
        if (workloads.get(request.source)) return outside.dial(request, reply);
        // a published listener's own traffic never goes outside, so the caller is always a workload
        return reply(refuse(id, "unknown", `no workload ${request.source} here`));
      }
      const workload = workloads.get(request.key);
      if (!workload) return reply(refuse(id, "unknown", `no workload ${request.key} here`));
      const result = dialWorkload(workload, request);
      if (typeof result !== "number") return reply(refuse(id, result.error, result.detail));
      reply({ type: "dialed", id, ok: true }, [result]);
      closeFd(result);
    });
  };

  const open = (id: number, key: number, workers: number) => {
    const workload = workloads.get(key);
    if (!workload) return supervisor.send({ type: "openFailed", id, detail: `no workload ${key} here` });
    try {
      const fds = openSockets(workload, workers);
      supervisor.send({ type: "opened", id }, fds);
      closeFds(fds);
    } catch (thrown) {
      supervisor.send({ type: "openFailed", id, detail: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  };

  supervisor.onMessage((message, fds) => {
    switch (message.type) {
      case "worker":
        return serveWorker(openChannel<WorkerToOpener, OpenerToWorker>(ends(fds)));
      case "egressLink":
        return outside.link(openChannel<HostAnswer, HostRequest>(ends(fds)));
      case "egressPolicy":
        return outside.allow(message.allowed);
      case "workload":
        return workloads.tell(message);
      case "forget":
        return workloads.forget(message.key);
      case "open":
        return open(message.id, message.key, message.workers);
    }
  });
  supervisor.send({ type: "ready" });
}

function ends(fds: readonly number[]): ChannelEnds {
  const [stream, lane] = fds;
  if (stream === undefined || lane === undefined) throw new Error("a channel came without its ends");
  return [stream, lane];
}
