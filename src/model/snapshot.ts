// What an agent carries traffic by: one immutable value, made by control, completed with readiness by the supervisor,
// swapped whole by each worker between two requests.
import type { EgressPolicy, PortProtocol } from "./project.ts";
import type { Routing } from "./route.ts";
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

/** The config and who is there to serve it, as a worker sees it. */
export type Snapshot = MeshConfig & {
  readonly workloads: readonly WorkloadIdentity[];
  readonly endpoints: readonly Endpoint[];
};

/** One port of one workload that can take a connection now. */
export type Endpoint = {
  readonly workload: number; // WorkloadIdentity.key
  readonly service: string;
  readonly port: number;
  /** the address its process listens on: its own, or loopback, which counts only for declared ports */
  readonly via: "own" | "loopback4" | "loopback6";
};
