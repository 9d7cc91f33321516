// The runner's side of its channels to supervisors. A supervisor may die and come back, or another one may take over from
// it: what each must know is kept here and told to every one that comes; the workloads live on. So are a workload's sockets,
// made by the first supervisor: those that wait in their queues do not notice who accepts them.
//
// One supervisor leads, and its word counts. Another one may stand by, or leave: it is told everything too, because it
// carries traffic, or will. It is asked for nothing but to attach what the leader has attached. One that comes back after
// its death stands by as well until it has everything, so that nothing is refused for what it does not know yet.
import type { Clock } from "../../base/clock.ts";
import { MeshError } from "../../base/errors/index.ts";
import { AGENT_PROTOCOL } from "../../model/agent.ts";
import type { DebugQuestion, RunnerToSupervisor, SupervisorToRunner } from "../../model/messages.ts";
import type { MeshConfig, PublishedListener } from "../../model/snapshot.ts";
import type { WorkloadIdentity, WorkloadStatus } from "../../model/workload.ts";
import type { Channel } from "../../sys/channel.ts";
import { closeFd, closeFds } from "../../sys/libc.ts";
import type { Agent } from "./agent.ts";

export type SupervisorChannel = Channel<SupervisorToRunner, RunnerToSupervisor>;
type Said<Type extends SupervisorToRunner["type"]> = Extract<SupervisorToRunner, { readonly type: Type }>;

/** One supervisor, from its start to its end. */
export type Link = {
  readonly channel: SupervisorChannel;
  /** undefined until it has said hello */
  hello: Said<"hello"> | undefined;
  /** it speaks our language and is told everything */
  isTold: boolean;
  /** it was told to lead */
  leads: boolean;
  readonly ports: Map<number, readonly number[]>;
  programmed: Said<"programmed"> | undefined;
  /** connections that it had to cut when it left */
  cut: number;
  readonly onSaid: (message: Said<"hello" | "standing" | "attachFailed">) => void;
};

export type AgentLink = Agent & {
  /** a supervisor was started that shall lead as soon as it can */
  connect(channel: SupervisorChannel, onSaid: Link["onSaid"]): Link;
  /** another one was started, which shall stand by. It is told everything, unless it speaks another language */
  standBy(channel: SupervisorChannel, onSaid: Link["onSaid"]): Link;
  /** it leads from now on, and the one before leaves */
  handOver(to: Link, graceMs: number): void;
  /** it died or has ended */
  lost(link: Link): void;
  readonly leader: Link | undefined;
  configure(config: MeshConfig): void;
  /** takes over `fd` */
  publish(listener: PublishedListener, fd: number): void;
  unpublish(id: number): void;
  /** the state of every workload, also of those that are not attached (yet) */
  report(all: readonly WorkloadStatus[]): void;
  /** takes over `fds` */
  egressLink(fds: readonly number[]): void;
  /** false: there is no supervisor just now */
  ask(question: DebugQuestion): boolean;
};

export type AgentEvents = {
  readonly onReady: () => void;
  /** something about the ports of a workload changed */
  readonly onPorts: () => void;
  readonly onOther: (message: Said<"egressLinkWanted" | "processes" | "debugAnswer" | "programmed" | "event">) => void;
};

/** what is kept of an attached workload */
type Kept = {
  readonly identity: WorkloadIdentity;
  readonly attached: PromiseWithResolvers<string>;
  /** its listeners and its resolver's sockets; empty until a supervisor has made them */
  fds: readonly number[];
  told?: { readonly status: WorkloadStatus; readonly routable: boolean };
  drain?: { readonly over: PromiseWithResolvers<void>; readonly asked: Set<Link> };
};

const REATTACH_MS = 1000;

export function agentLink(clock: Clock, events: AgentEvents): AgentLink {
  const links = new Set<Link>();
  let leader: Link | undefined;
  /** the one before, as long as it may still write rules */
  let leaving: Link | undefined;
  let config: MeshConfig | undefined;
  const published = new Map<number, { readonly listener: PublishedListener; readonly fd: number }>();
  const workloads = new Map<number, Kept>();
  const detaching = new Map<number, PromiseWithResolvers<void>>();
  let unattached: readonly WorkloadStatus[] = [];
  /** who asked for a link to the host, in the order in which it will be given them */
  const egressWanted: Link[] = [];

  const isLeading = (link: Link) => link === leader && link.leads;
  const toldLinks = () => [...links].filter(({ isTold }) => isTold);
  const tellLinks = (message: RunnerToSupervisor, fds: readonly number[] = []) => {
    for (const { channel } of toldLinks()) channel.send(message, fds);
  };

  const tellOf = (link: Link, { identity, fds, told, drain }: Kept) => {
    // who leads makes them, for the others too
    if (fds.length === 0 && !isLeading(link)) return;
    link.channel.send({ type: "attach", workload: identity }, fds);
    if (told) link.channel.send({ type: "workload", ...told });
    if (!drain) return;
    drain.asked.add(link);
    link.channel.send({ type: "drain", key: identity.key });
  };

  const tellAll = (link: Link) => {
    link.isTold = true;
    const { channel } = link;
    if (config) channel.send({ type: "config", config });
    for (const { listener, fd } of published.values()) channel.send({ type: "published", listener }, [fd]);
    for (const kept of workloads.values()) tellOf(link, kept);
    channel.send({ type: "unattached", workloads: unattached });
  };

  const lead = (link: Link) => {
    link.leads = true;
    link.channel.send({ type: "lead" });
  };

  /** What one that leads alone does, or finds half done. */
  const leadAlone = (link: Link) => {
    lead(link);
    link.channel.send({ type: "write" });
    if (links.size === 1) link.channel.send({ type: "alone" });
    for (const kept of workloads.values()) if (kept.fds.length === 0) tellOf(link, kept);
    for (const key of detaching.keys()) link.channel.send({ type: "detach", key });
  };

  const greeted = (link: Link, hello: Said<"hello">) => {
    link.hello = hello;
    link.onSaid(hello);
    if (hello.protocol !== AGENT_PROTOCOL) return;
    tellAll(link);
    const isFirst = link === leader && [...workloads.values()].every(({ fds }) => fds.length === 0);
    if (isFirst) leadAlone(link);
    else link.channel.send({ type: "told" });
  };

  const attached = (link: Link, key: number, netns: string, fds: readonly number[]) => {
    const kept = workloads.get(key);
    if (!kept || fds.length === 0) closeFds(fds);
    else {
      closeFds(kept.fds);
      kept.fds = fds;
      for (const other of toldLinks()) if (other !== link) tellOf(other, kept);
    }
    kept?.attached.resolve(netns);
  };

  const attachFailed = (link: Link, failed: Said<"attachFailed">) => {
    const kept = workloads.get(failed.key);
    if (!kept) return;
    if (link !== leader && kept.fds.length > 0) return link.onSaid(failed);
    // it may be running already, its supervisor being a new one: then there is nobody to tell but the next try
    kept.attached.reject(new MeshError("workload_not_attached", failed.reason));
    clock.after(REATTACH_MS, () => {
      if (workloads.get(failed.key) === kept && kept.told?.routable && leader?.leads) tellOf(leader, kept);
    });
  };

  const drainedBy = (link: Link, { drain }: Kept) => {
    if (drain?.asked.delete(link) && drain.asked.size === 0) drain.over.resolve();
  };

  const take = (link: Link, message: SupervisorToRunner, fds: readonly number[]) => {
    if (message.type === "attached") return attached(link, message.key, message.netns, fds);
    closeFds(fds);
    switch (message.type) {
      case "hello":
        return greeted(link, message);
      case "standing":
        return link === leader ? leadAlone(link) : link.onSaid(message);
      case "left":
        return left(link);
      case "ended":
        link.cut = message.cut;
        return;
      case "ready":
        return link === leader ? events.onReady() : undefined;
      case "attachFailed":
        return attachFailed(link, message);
      case "drained": {
        const kept = workloads.get(message.key);
        return kept && drainedBy(link, kept);
      }
      case "detached":
        if (!isLeading(link)) return;
        detaching.get(message.key)?.resolve();
        detaching.delete(message.key);
        return;
      case "readyPorts":
        link.ports.set(message.key, message.ports);
        return link === leader ? events.onPorts() : undefined;
      case "egressLinkWanted":
        egressWanted.push(link);
        return events.onOther(message);
      case "programmed":
        link.programmed = message;
        return link === leader ? events.onOther(message) : undefined;
      case "event":
        return events.onOther(message);
      case "processes":
      case "debugAnswer":
        return link === leader ? events.onOther(message) : undefined;
    }
  };

  /** it writes no rules any more */
  const left = (link: Link) => {
    if (link !== leaving) return;
    leaving = undefined;
    leader?.channel.send({ type: "write" });
  };

  const begin = (channel: SupervisorChannel, onSaid: Link["onSaid"]): Link => {
    const unknown = { hello: undefined, isTold: false, leads: false, programmed: undefined, cut: 0 };
    const link: Link = { channel, ports: new Map(), ...unknown, onSaid };
    links.add(link);
    channel.onMessage((message, fds) => take(link, message, fds));
    return link;
  };

  const forget = (kept: Kept | undefined) => {
    closeFds(kept?.fds ?? []);
    kept?.drain?.over.resolve();
  };

  return {
    get leader() {
      return leader;
    },
    connect(channel, onSaid) {
      leader = begin(channel, onSaid);
      return leader;
    },
    standBy: begin,
    handOver(to, graceMs) {
      leaving = leader;
      leader = to;
      lead(to);
      if (leaving) leaving.channel.send({ type: "leave", graceMs });
      else to.channel.send({ type: "write" });
      if (to.programmed) events.onOther(to.programmed);
      events.onPorts();
    },
    lost(link) {
      links.delete(link);
      for (const kept of workloads.values()) drainedBy(link, kept);
      if (link !== leader) {
        left(link);
        if (links.size === 1) leader?.channel.send({ type: "alone" });
        return;
      }
      leader = undefined;
      for (const { resolve } of detaching.values()) resolve();
    },
    attach(identity) {
      const { key } = identity;
      const attached = Promise.withResolvers<string>();
      attached.promise.catch(() => {}); // also of a second attach, which nobody awaits
      const kept: Kept = { identity, attached, fds: workloads.get(key)?.fds ?? [] };
      workloads.set(key, kept);
      if (leader?.isTold) tellOf(leader, kept);
      return attached.promise;
    },
    tell(status, routable) {
      const kept = workloads.get(status.key);
      if (!kept) return;
      kept.told = { status, routable };
      tellLinks({ type: "workload", status, routable });
    },
    report(all) {
      const before = unattached;
      // one that is being attached too: its supervisor says nothing of it before it is told its state
      unattached = all.filter(({ key }) => !workloads.get(key)?.told);
      if (unattached.length + before.length > 0) tellLinks({ type: "unattached", workloads: unattached });
    },
    drain(key) {
      const kept = workloads.get(key);
      if (!leader?.isTold || !kept) return Promise.resolve();
      if (!kept.drain) {
        kept.drain = { over: Promise.withResolvers<void>(), asked: new Set(toldLinks()) };
        tellLinks({ type: "drain", key });
      }
      return kept.drain.over.promise;
    },
    detach(key) {
      const kept = workloads.get(key);
      if (!workloads.delete(key)) return Promise.resolve();
      forget(kept);
      const detached = Promise.withResolvers<void>();
      detaching.set(key, detached);
      if (!leader?.leads) detached.resolve(); // the next supervisor does it
      tellLinks({ type: "detach", key });
      return detached.promise;
    },
    readyPorts: (key) => leader?.ports.get(key) ?? [],
    configure(next) {
      config = next;
      tellLinks({ type: "config", config });
    },
    publish(listener, fd) {
      const before = published.get(listener.id);
      if (before) closeFd(before.fd);
      published.set(listener.id, { listener, fd });
      tellLinks({ type: "published", listener }, [fd]);
    },
    unpublish(id) {
      const before = published.get(id);
      if (before) closeFd(before.fd);
      published.delete(id);
      tellLinks({ type: "unpublished", id });
    },
    egressLink(fds) {
      const asked = egressWanted.shift();
      // a copy is sent; one that is gone asks no more
      if (asked && links.has(asked)) asked.channel.send({ type: "egressLink" }, fds);
      closeFds(fds);
    },
    ask(question) {
      leader?.channel.send(question);
      return leader !== undefined;
    },
  };
}
