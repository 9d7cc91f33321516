// The supervisor's side of the opener: everything it must know is told again when it comes back, and what was asked of the
// one that died fails with `opener_lost`.
import { MeshError } from "../../base/errors/index.ts";
import type { OpenerToSupervisor, SupervisorToOpener } from "../../model/messages.ts";
import { type Channel, channelPair } from "../../sys/channel.ts";
import { closeFds } from "../../sys/libc.ts";

type KnownWorkload = Extract<SupervisorToOpener, { type: "workload" }>;

export type OpenerClient = {
  /** a fresh opener's channel */
  connect(channel: Channel<OpenerToSupervisor, SupervisorToOpener>): void;
  lost(): void;
  isReady(): boolean;
  tell(workload: Omit<KnownWorkload, "type">): void;
  forget(key: number): void;
  setEgress(allowed: boolean): void;
  /** takes over the descriptors */
  egressLink(fds: readonly number[]): void;
  /** a new channel between the opener and worker `index`; the worker's ends, to be closed once they are sent */
  linkWorker(index: number): readonly number[];
  /** the workload's listeners, one per worker, and its resolver's sockets; ours to close */
  open(key: number, workers: number): Promise<readonly number[]>;
};

export type OpenerEvents = { readonly onReady: () => void; readonly onEgressLost: () => void };

export function openerClient({ onReady, onEgressLost }: OpenerEvents): OpenerClient {
  type Asked = { resolve(fds: readonly number[]): void; reject(reason: unknown): void };
  const workloads = new Map<number, KnownWorkload>();
  const asked = new Map<number, Asked>();
  let channel: Channel<OpenerToSupervisor, SupervisorToOpener> | undefined;
  let isReady = false;
  let egressAllowed = false;
  let lastId = 0;

  const settle = (id: number): Asked | undefined => {
    const one = asked.get(id);
    asked.delete(id);
    return one;
  };

  return {
    connect(next) {
      channel = next;
      next.send({ type: "egressPolicy", allowed: egressAllowed });
      for (const workload of workloads.values()) next.send(workload);
      next.onMessage((message, fds) => {
        if (message.type === "opened") {
          const one = settle(message.id);
          return one ? one.resolve(fds) : closeFds(fds);
        }
        closeFds(fds);
        if (message.type === "openFailed") settle(message.id)?.reject(new MeshError("listener_failed", message.detail));
        if (message.type === "egressLost") onEgressLost();
        if (message.type === "ready") {
          isReady = true;
          onReady();
        }
      });
    },
    lost() {
      channel = undefined;
      isReady = false;
      for (const id of [...asked.keys()]) settle(id)?.reject(new MeshError("opener_lost", `request ${id}`));
    },
    isReady: () => isReady,
    tell(workload) {
      const message: KnownWorkload = { type: "workload", ...workload };
      workloads.set(workload.key, message);
      channel?.send(message);
    },
    forget(key) {
      workloads.delete(key);
      channel?.send({ type: "forget", key });
    },
    setEgress(allowed) {
      egressAllowed = allowed;
      channel?.send({ type: "egressPolicy", allowed });
    },
    egressLink(fds) {
      channel?.send({ type: "egressLink" }, fds);
      closeFds(fds);
    },
    linkWorker(index) {
      const { here, there } = channelPair();
      channel?.send({ type: "worker", index }, here);
      closeFds(here);
      return there;
    },
    open(key, workers) {
      return new Promise((resolve, reject) => {
        if (!channel) return reject(new MeshError("opener_lost", `listeners of workload ${key}`));
        lastId++;
        asked.set(lastId, { resolve, reject });
        channel.send({ type: "open", id: lastId, key, workers });
      });
    },
  };
}
