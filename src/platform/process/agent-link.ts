// The runner's side of its channel to the supervisor. The supervisor may die and come back: what it must know is kept here
// and told again; the workloads live on.
import type { Clock } from "../../base/clock.ts";
import { MeshError } from "../../base/errors/index.ts";
import type { DebugQuestion, RunnerToSupervisor, SupervisorToRunner } from "../../model/messages.ts";
import type { MeshConfig, PublishedListener } from "../../model/snapshot.ts";
import type { WorkloadIdentity, WorkloadStatus } from "../../model/workload.ts";
import type { Channel } from "../../sys/channel.ts";
import { closeFd, closeFds } from "../../sys/libc.ts";
import type { Agent } from "./agent.ts";

type SupervisorChannel = Channel<SupervisorToRunner, RunnerToSupervisor>;
type Said<Type extends SupervisorToRunner["type"]> = Extract<SupervisorToRunner, { readonly type: Type }>;

export type AgentLink = Agent & {
  /** a supervisor was started */
  connect(channel: SupervisorChannel): void;
  /** it died */
  lost(): void;
  configure(config: MeshConfig): void;
  /** takes over `fd` */
  publish(listener: PublishedListener, fd: number): void;
  unpublish(id: number): void;
  /** the state of every workload, also of those that are not attached */
  report(all: readonly WorkloadStatus[]): void;
  /** takes over `fds` */
  egressLink(fds: readonly number[]): void;
  /** false: there is no supervisor just now */
  ask(question: DebugQuestion): boolean;
};

export type AgentEvents = {
  readonly onReady: () => void;
  readonly onPorts: (key: number) => void;
  readonly onOther: (message: Said<"egressLinkWanted" | "processes" | "debugAnswer" | "programmed" | "event">) => void;
};

/** what is kept of an attached workload */
type Kept = {
  readonly identity: WorkloadIdentity;
  readonly attached: PromiseWithResolvers<string>;
  told?: { readonly status: WorkloadStatus; readonly routable: boolean };
  ports: readonly number[];
  drained?: PromiseWithResolvers<void>;
};

const REATTACH_MS = 1000;

export function agentLink(clock: Clock, events: AgentEvents): AgentLink {
  let channel: SupervisorChannel | undefined;
  let config: MeshConfig | undefined;
  const published = new Map<number, { readonly listener: PublishedListener; readonly fd: number }>();
  const workloads = new Map<number, Kept>();
  const detaching = new Map<number, PromiseWithResolvers<void>>();
  let unattached: readonly WorkloadStatus[] = [];

  const send = (message: RunnerToSupervisor, fds: readonly number[] = []) => channel?.send(message, fds);

  const tellAll = () => {
    if (config) send({ type: "config", config });
    for (const { listener, fd } of published.values()) send({ type: "published", listener }, [fd]);
    for (const [key, { identity, told, drained }] of workloads) {
      send({ type: "attach", workload: identity });
      if (told) send({ type: "workload", ...told });
      if (drained) send({ type: "drain", key });
    }
    for (const key of detaching.keys()) send({ type: "detach", key });
    send({ type: "unattached", workloads: unattached });
  };

  const attachFailed = ({ key, reason }: Said<"attachFailed">) => {
    const kept = workloads.get(key);
    if (!kept) return;
    // it may be running already, its supervisor being a new one: then there is nobody to tell but the next try
    kept.attached.reject(new MeshError("workload_not_attached", reason));
    clock.after(REATTACH_MS, () => {
      if (workloads.get(key) !== kept || !kept.told?.routable) return;
      send({ type: "attach", workload: kept.identity });
      send({ type: "workload", ...kept.told });
    });
  };

  const onMessage = (message: SupervisorToRunner) => {
    switch (message.type) {
      case "ready":
        return events.onReady();
      case "attached":
        return workloads.get(message.key)?.attached.resolve(message.netns);
      case "attachFailed":
        return attachFailed(message);
      case "drained":
        return workloads.get(message.key)?.drained?.resolve();
      case "detached":
        detaching.get(message.key)?.resolve();
        detaching.delete(message.key);
        return;
      case "readyPorts": {
        const kept = workloads.get(message.key);
        if (!kept) return;
        kept.ports = message.ports;
        return events.onPorts(message.key);
      }
      default:
        return events.onOther(message);
    }
  };

  return {
    connect(next) {
      channel = next;
      next.onMessage(onMessage);
      tellAll();
    },
    lost() {
      channel = undefined;
      // its workers are gone with it, and the connections with them
      for (const { drained } of workloads.values()) drained?.resolve();
      for (const { resolve } of detaching.values()) resolve();
    },
    attach(identity) {
      const attached = Promise.withResolvers<string>();
      attached.promise.catch(() => {}); // also of a second attach, which nobody awaits
      workloads.set(identity.key, { identity, attached, ports: [] });
      send({ type: "attach", workload: identity });
      return attached.promise;
    },
    tell(status, routable) {
      const kept = workloads.get(status.key);
      if (!kept) return;
      kept.told = { status, routable };
      send({ type: "workload", status, routable });
    },
    report(all) {
      const before = unattached;
      unattached = all.filter(({ key }) => !workloads.has(key));
      if (unattached.length + before.length > 0) send({ type: "unattached", workloads: unattached });
    },
    drain(key) {
      const kept = workloads.get(key);
      if (!channel || !kept) return Promise.resolve();
      kept.drained ??= Promise.withResolvers<void>();
      send({ type: "drain", key });
      return kept.drained.promise;
    },
    detach(key) {
      if (!workloads.delete(key)) return Promise.resolve();
      const detached = Promise.withResolvers<void>();
      detaching.set(key, detached);
      if (!channel) detached.resolve(); // the next supervisor does it
      send({ type: "detach", key });
      return detached.promise;
    },
    readyPorts: (key) => workloads.get(key)?.ports ?? [],
    configure(next) {
      config = next;
      send({ type: "config", config });
    },
    publish(listener, fd) {
      const before = published.get(listener.id);
      if (before) closeFd(before.fd);
      published.set(listener.id, { listener, fd });
      send({ type: "published", listener }, [fd]);
    },
    unpublish(id) {
      const before = published.get(id);
      if (before) closeFd(before.fd);
      published.delete(id);
      send({ type: "unpublished", id });
    },
    egressLink(fds) {
      send({ type: "egressLink" }, fds);
      closeFds(fds); // a copy was sent; without a supervisor, the next one asks for another
    },
    ask(question) {
      send(question);
      return channel !== undefined;
    },
  };
}
