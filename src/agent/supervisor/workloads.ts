// The workloads that are attached, each with its namespace, its sockets and what listens in it.
import type { Endpoint } from "../../model/snapshot.ts";
import type { WorkloadIdentity, WorkloadStatus } from "../../model/workload.ts";
import { closeFds } from "../../sys/libc.ts";
import { type ListeningQuery, queryListening } from "../../sys/listening.ts";
import { longestQueue, type Port, portsOf, samePorts } from "./readiness.ts";

export type Attached = {
  readonly identity: WorkloadIdentity;
  readonly netns: string;
  /** one capturing listener per worker; kept here so that a worker that comes back gets the same one */
  readonly listeners: readonly number[];
  /** for IPv4 and IPv6; all workers share them */
  readonly resolvers: readonly [v4: number, v6: number];
  readonly query: ListeningQuery;
  /** monotonic ms */
  readonly attachedAt: number;
  status?: WorkloadStatus;
  isRoutable: boolean;
  isDraining: boolean;
  /** what listens in it, whether or not it is given traffic */
  ports: readonly Port[];
  /** ResourceSample.listenQueue at the last look; undefined: none */
  listenQueue: number | undefined;
};

/** Takes over the descriptors: those of the workers' listeners, then the resolver's two. */
export function attached(identity: WorkloadIdentity, netns: string, fds: readonly number[], now: number): Attached {
  const [v4, v6] = fds.slice(-2) as [number, number];
  return {
    identity,
    netns,
    listeners: fds.slice(0, -2),
    resolvers: [v4, v6],
    query: queryListening(netns),
    attachedAt: now,
    isRoutable: false,
    isDraining: false,
    ports: [],
    listenQueue: undefined,
  };
}

export function release({ listeners, resolvers, query }: Attached): void {
  closeFds([...listeners, ...resolvers]);
  query.close();
}

/** Asks the kernel again; did anything change? */
export function lookAgain(workload: Attached): boolean {
  const listening = workload.query.ask();
  workload.listenQueue = longestQueue(listening);
  const ports = portsOf(workload.identity, listening);
  if (samePorts(ports, workload.ports)) return false;
  workload.ports = ports;
  return true;
}

/** Its status, with what only who is in its namespace sees. */
export function statusOf({ status, listenQueue }: Attached): WorkloadStatus | undefined {
  if (!status?.resources || listenQueue === undefined) return status;
  return { ...status, resources: { ...status.resources, listenQueue } };
}

/** Nothing it could serve listens yet, although it should soon: worth a look at short intervals. */
export function isComingUp(workload: Attached, now: number, patienceMs: number): boolean {
  if (workload.isDraining || now - workload.attachedAt > patienceMs) return false;
  const { declaredPorts } = workload.identity;
  if (declaredPorts.length === 0) return workload.ports.length === 0;
  return !declaredPorts.every((declared) => workload.ports.some(({ port }) => port === declared));
}

export function endpointsOf(workload: Attached): Endpoint[] {
  if (!workload.isRoutable || workload.isDraining) return [];
  const { key, service } = workload.identity;
  return workload.ports.map(({ port, via }) => ({ workload: key, service, port, via }));
}
