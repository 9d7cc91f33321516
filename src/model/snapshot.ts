// What an agent carries traffic by: one immutable value, made by control, completed with readiness by the supervisor,
// swapped whole by each worker between two requests.
import type { EgressPolicy, PortProtocol } from "./project.ts";
import type { Routing } from "./route.ts";
import type { VisitorKeys } from "./visit.ts";
import type { AddressPair, WorkloadIdentity } from "./workload.ts";

/** What control compiles from a project; it changes only when the user changes something. */
export type MeshConfig = {
  /** rises with each change */
  readonly version: number;
  readonly project: string;
  readonly services: readonly ServiceConfig[];
  readonly published: readonly PublishedListener[];
  readonly egress: EgressPolicy;
  readonly routing: Routing;
  /** absent: nobody is to be told apart */
  readonly visitors?: VisitorKeys;
};

export type ServiceConfig = {
  /** stable for the project's life; 0 is the outside */
  readonly key: number;
  readonly name: string;
  readonly namespace: string;
  readonly address: AddressPair;
  /** declared protocols by port; a port that is not here is detected */
  readonly protocols: Readonly<Record<number, PortProtocol>>;
  /** declared templates of its paths */
  readonly routes?: readonly string[];
};

/** A port on the host whose listening socket control opened; workers accept on it. */
export type PublishedListener = {
  readonly id: number;
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly protocol?: PortProtocol;
} & (
  | { readonly service: string; readonly targetPort: number; readonly gateway?: never }
  /** `<namespace>/<gateway>`: routes of the listeners in `routing.gateways` that have this socket say where to */
  | { readonly gateway: string; readonly service?: never; readonly targetPort?: never }
);

/** The config and who is there to serve it, as the supervisor knows it. */
export type Snapshot = MeshConfig & Members;

export type Members = {
  readonly workloads: readonly WorkloadIdentity[];
  readonly endpoints: readonly Endpoint[];
};

/**
 * The same as a worker gets it. It carries for a few services of the mesh, so who serves one stays text until somebody calls
 * it: of ten thousand workloads that is 2 MB instead of 18, and two texts that are equal need no second look.
 */
export type PackedSnapshot = MeshConfig & {
  /** by the service's name, `Members` in JSON; a service that has nobody is not there */
  readonly members: Readonly<Record<string, string>>;
};

/** One port of one workload that can take a connection now. */
export type Endpoint = {
  readonly workload: number; // WorkloadIdentity.key
  readonly service: string;
  readonly port: number;
  /** the address its process listens on: its own, or loopback, which counts only for declared ports */
  readonly via: "own" | "loopback4" | "loopback6";
};

const NOBODY: Members = { workloads: [], endpoints: [] };

export function pack({ workloads, endpoints, ...config }: Snapshot): PackedSnapshot {
  const byService = new Map<string, { workloads: WorkloadIdentity[]; endpoints: Endpoint[] }>();
  const of = (service: string) => {
    const known = byService.get(service) ?? { workloads: [], endpoints: [] };
    byService.set(service, known);
    return known;
  };
  for (const workload of workloads) of(workload.service).workloads.push(workload);
  for (const endpoint of endpoints) of(endpoint.service).endpoints.push(endpoint);
  const members = Object.fromEntries([...byService].map(([service, some]) => [service, JSON.stringify(some)]));
  return { ...config, members };
}

export function membersOf({ members }: Pick<PackedSnapshot, "members">, service: string): Members {
  // a service may have the name of something that every object has
  return Object.hasOwn(members, service) ? JSON.parse(members[service] as string) : NOBODY;
}

/** All of them, for questions that hardly anybody asks. */
export function unpack({ members, ...config }: PackedSnapshot): Snapshot {
  const all = Object.keys(members).map((service) => membersOf({ members }, service));
  return {
    ...config,
    workloads: all.flatMap(({ workloads }) => workloads),
    endpoints: all.flatMap(({ endpoints }) => endpoints),
  };
}
