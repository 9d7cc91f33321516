// The workers as the supervisor sees them. A worker that comes back is given all that its predecessor had: its listeners,
// the resolvers, the published ports, the snapshot and a link to the opener.
//
// Nothing is accepted before the agent leads, nor once it leaves: its sockets are then another agent's too.
//
// While a worker is away and another one lives, its listeners are paused, so that new connections go to the others; when
// it is the only one, they stay open and connections wait in their queues.
import type { SupervisorToWorker, WorkerToSupervisor } from "../../model/messages.ts";
import type { PackedSnapshot, PublishedListener } from "../../model/snapshot.ts";
import type { Channel } from "../../sys/channel.ts";
import { closeFd, closeFds } from "../../sys/libc.ts";
import { pauseListening, resumeListening } from "../../sys/socket.ts";
import { acknowledgements } from "./acknowledgements.ts";
import type { OpenerClient } from "./opener-client.ts";
import { pendingSwaps } from "./pending-swaps.ts";
import type { Attached } from "./workloads.ts";

type WorkerChannel = Channel<WorkerToSupervisor, SupervisorToWorker>;

export type WorkerPool = {
  /** from now on connections are accepted */
  accept(): void;
  /** no more, and every worker that is there finishes what is open and ends; resolves with how many connections were cut */
  drain(graceMs: number): Promise<number>;
  connect(index: number, channel: WorkerChannel): void;
  lost(index: number): void;
  readyCount(): number;
  /** a fresh opener: every worker gets a link to it */
  linkOpener(): void;
  attach(workload: Attached): void;
  forget(key: number): void;
  /** takes over the descriptor */
  publish(listener: PublishedListener, fd: number): void;
  unpublish(id: number): void;
  swap(snapshot: PackedSnapshot): void;
  /** makes a question: has every worker what was swapped until now? */
  swapped(): () => boolean;
  /** asks every worker that is there */
  ask(message: SupervisorToWorker): number;
  tell(index: number, message: SupervisorToWorker): void;
};

export type WorkerPoolDeps = {
  readonly opener: OpenerClient;
  readonly workloads: ReadonlyMap<number, Attached>;
  readonly onMessage: (index: number, message: WorkerToSupervisor) => void;
  /** every worker has the config of that version, or one could not take it */
  readonly onProgrammed: (version: number, error: string | undefined) => void;
};

export function workerPool({ opener, workloads, onMessage, onProgrammed }: WorkerPoolDeps): WorkerPool {
  const ready = new Map<number, WorkerChannel>();
  const paused = new Set<number>(); // workers whose listeners are paused
  const published = new Map<number, { readonly listener: PublishedListener; readonly fd: number }>();
  const acks = acknowledgements(onProgrammed);
  const swaps = pendingSwaps();
  let snapshot: PackedSnapshot | undefined;
  let isAccepting = false;
  let leaving: { cut: number; readonly over: PromiseWithResolvers<number> } | undefined;

  const link = (index: number, channel: WorkerChannel) => {
    if (!opener.isReady()) return;
    const ends = opener.linkWorker(index);
    channel.send({ type: "opener" }, ends);
    closeFds(ends);
  };

  const give = (index: number, channel: WorkerChannel, { identity, listeners, resolvers }: Attached) => {
    const { key } = identity;
    channel.send({ type: "outbound", caller: identity }, [listeners[index] as number]);
    channel.send({ type: "dns", key, family: 4 }, [resolvers[0]]);
    channel.send({ type: "dns", key, family: 6 }, [resolvers[1]]);
  };

  const setUp = (index: number, channel: WorkerChannel) => {
    link(index, channel);
    acks.expect(index);
    if (snapshot) {
      channel.send({ type: "snapshot", snapshot });
      swaps.sent(index);
    }
    if (isAccepting) giveAll(index, channel);
    if (leaving) channel.send({ type: "drain", graceMs: 0 });
    ready.set(index, channel);
  };

  const giveAll = (index: number, channel: WorkerChannel) => {
    for (const { listener, fd } of published.values()) channel.send({ type: "published", listener }, [fd]);
    for (const workload of workloads.values()) {
      if (paused.has(index)) resumeListening(workload.listeners[index] as number);
      give(index, channel, workload);
    }
    paused.delete(index);
  };

  const all = (message: SupervisorToWorker, fds: readonly number[] = []) => {
    for (const channel of ready.values()) channel.send(message, fds);
  };

  return {
    accept() {
      isAccepting = true;
      // a worker of the agent before may have been away
      for (const { listeners } of workloads.values()) for (const fd of listeners) resumeListening(fd);
      for (const [index, channel] of ready) giveAll(index, channel);
    },
    drain(graceMs) {
      isAccepting = false;
      leaving = { cut: 0, over: Promise.withResolvers() };
      if (ready.size === 0) leaving.over.resolve(0);
      all({ type: "drain", graceMs });
      return leaving.over.promise;
    },
    connect(index, channel) {
      channel.onMessage((message, fds) => {
        closeFds(fds); // no worker has a reason to send any
        if (message.type === "ready") setUp(index, channel);
        if (message.type === "applied") {
          swaps.applied(index);
          acks.applied(index, message.version, message.error);
        }
        if (message.type === "drained" && leaving) leaving.cut += message.cut;
        onMessage(index, message);
      });
    },
    lost(index) {
      ready.delete(index);
      acks.lost(index);
      swaps.lost(index);
      if (leaving && ready.size === 0) leaving.over.resolve(leaving.cut);
      if (!isAccepting || ready.size === 0 || paused.has(index)) return;
      paused.add(index);
      for (const { listeners } of workloads.values()) pauseListening(listeners[index] as number);
    },
    readyCount: () => ready.size,
    linkOpener() {
      for (const [index, channel] of ready) link(index, channel);
    },
    attach(workload) {
      if (!isAccepting) return;
      for (const index of paused) pauseListening(workload.listeners[index] as number);
      for (const [index, channel] of ready) give(index, channel, workload);
    },
    forget: (key) => all({ type: "forget", key }),
    publish(listener, fd) {
      const before = published.get(listener.id);
      if (before) closeFd(before.fd);
      published.set(listener.id, { listener, fd });
      if (isAccepting) all({ type: "published", listener }, [fd]);
    },
    unpublish(id) {
      const before = published.get(id);
      if (before) closeFd(before.fd);
      published.delete(id);
      all({ type: "unpublished", id });
    },
    swap(next) {
      snapshot = next;
      all({ type: "snapshot", snapshot });
      for (const index of ready.keys()) swaps.sent(index);
    },
    swapped: swaps.allUntilNow,
    ask(message) {
      all(message);
      return ready.size;
    },
    tell: (index, message) => ready.get(index)?.send(message),
  };
}
