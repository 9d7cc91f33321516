// What a worker does besides carrying traffic: it takes descriptors and snapshots from its supervisor, answers DNS, and
// tells what it is doing when it is asked.
import type { Clock } from "../../base/clock.ts";
import type { OpenerToWorker, SupervisorToWorker, WorkerToOpener, WorkerToSupervisor } from "../../model/messages.ts";
import { type PackedSnapshot, type PublishedListener, unpack } from "../../model/snapshot.ts";
import type { WorkloadIdentity } from "../../model/workload.ts";
import { type Channel, openChannel } from "../../sys/channel.ts";
import { closeFds } from "../../sys/libc.ts";
import { answerQuery } from "../dns/answer.ts";
import { meshNames, type Names } from "../dns/names.ts";
import { serveUdp, type UdpServer } from "../dns/server.ts";
import type { OpenerLink } from "./opener-link.ts";
import { takeProfile } from "./profile.ts";

/** What the worker needs of a proxy; src/proxy offers it, main/worker.ts joins them. */
export type Carrier = {
  listen(
    fd: number,
    origin:
      | { readonly kind: "outbound"; readonly caller: WorkloadIdentity }
      | { readonly kind: "published"; readonly listener: PublishedListener },
  ): void;
  swap(snapshot: PackedSnapshot): void;
  forget(key: number): void;
  unpublish(id: number): void;
  connections(): readonly unknown[];
  /** resolves with how many connections were cut */
  drain(graceMs: number): Promise<number>;
};

export type Dns = {
  /** answers a query that came by UDP or TCP; undefined: say nothing */
  answer(query: Uint8Array, transport: "udp" | "tcp"): Promise<Uint8Array | undefined>;
  swap(snapshot: PackedSnapshot): void;
};

/** The resolver of all workloads; it knows no name until the first snapshot. */
export function makeDns(opener: Pick<OpenerLink, "resolve">): Dns {
  let names: Names | undefined;
  let snapshot: PackedSnapshot | undefined;
  return {
    async answer(query, transport) {
      if (!names || !snapshot) return undefined; // the client asks again in a moment
      return answerQuery(query, transport, snapshot.egress.allowed ? { names, outside: opener.resolve } : { names });
    },
    swap(next) {
      names = meshNames(next, () => unpack(next).workloads);
      snapshot = next;
    },
  };
}

export type WorkerDeps = {
  readonly clock: Clock;
  readonly supervisor: Channel<SupervisorToWorker, WorkerToSupervisor>;
  readonly opener: OpenerLink;
  readonly proxy: Carrier;
  readonly dns: Dns;
};

export function serveWorker({ clock, supervisor, opener, proxy, dns }: WorkerDeps): void {
  const resolvers = new Map<number, Promise<UdpServer>[]>();
  let snapshot: PackedSnapshot | undefined;

  const closeResolvers = (key: number) => {
    for (const server of resolvers.get(key) ?? []) server.then((it) => it.close()).catch(() => {});
    resolvers.delete(key);
  };

  const debug = async (what: "connections" | "config" | "profile"): Promise<unknown> => {
    if (what === "connections") return proxy.connections();
    if (what === "profile") return takeProfile(clock);
    // keys are for nobody's eyes
    return snapshot && { ...unpack(snapshot), visitors: snapshot.visitors && "(not shown)" };
  };

  /** What cannot be compiled must not end the worker, nor leave it with half of it. */
  const swap = (next: PackedSnapshot): { readonly error?: string } => {
    try {
      proxy.swap(next);
    } catch (thrown) {
      return { error: thrown instanceof Error ? thrown.message : String(thrown) };
    }
    dns.swap(next);
    snapshot = next;
    return {};
  };

  supervisor.onMessage((message, fds) => {
    const [fd, second] = fds;
    switch (message.type) {
      case "opener":
        if (fd === undefined || second === undefined) return closeFds(fds);
        return opener.connect(openChannel<OpenerToWorker, WorkerToOpener>([fd, second]));
      case "snapshot":
        return supervisor.send({ type: "applied", version: message.snapshot.version, ...swap(message.snapshot) });
      case "outbound":
        if (fd !== undefined) proxy.listen(fd, { kind: "outbound", caller: message.caller });
        return;
      case "published":
        if (fd !== undefined) proxy.listen(fd, { kind: "published", listener: message.listener });
        return;
      case "dns": {
        if (fd === undefined) return;
        const server = serveUdp(fd, (query) => dns.answer(query, "udp"));
        server.catch(() => {}); // its workload went before it stood
        resolvers.set(message.key, [...(resolvers.get(message.key) ?? []), server]);
        return;
      }
      case "unpublished":
        return proxy.unpublish(message.id);
      case "forget":
        closeResolvers(message.key);
        return proxy.forget(message.key);
      case "debug":
        debug(message.what)
          .then((answer) => supervisor.send({ type: "debugAnswer", id: message.id, answer }))
          .catch((thrown) =>
            supervisor.send({ type: "debugAnswer", id: message.id, answer: { error: String(thrown) } }),
          );
        return;
      case "drain":
        for (const key of [...resolvers.keys()]) closeResolvers(key);
        void proxy
          .drain(message.graceMs)
          .catch(() => 0)
          .then((cut) => {
            supervisor.send({ type: "drained", cut });
            supervisor.close();
          });
        return;
    }
  });
  supervisor.send({ type: "ready" });
}
