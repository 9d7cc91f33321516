// One running instance of a service, as the process platform, the agent and `ps` see it.
import type { ServiceSpec } from "./project.ts";
import type { ResourceSample } from "./resources.ts";

export type WorkloadState =
  | "waiting" //   for its dependencies
  | "starting" //  its namespace, listeners and process are being made
  | "running"
  | "stopping"
  | "backoff" //   it failed and will be started again
  | "exited" //    it ended and stays ended
  | "failed"; //   it could not be started

export type Health = "none" | "starting" | "healthy" | "unhealthy";

/** IPv4 and IPv6 in text form, both virtual: routable only inside the mesh */
export type AddressPair = { readonly v4: string; readonly v6: string };

/** What the agent must know to carry a workload's traffic. */
export type WorkloadIdentity = {
  /** never used twice within a project's life, so that a span can name a workload by number; 0 is the outside */
  readonly key: number;
  /** `<service>-<ordinal>`, unique among the live ones */
  readonly id: string;
  readonly service: string;
  readonly version: string;
  /** SPIFFE ID */
  readonly identity: string;
  readonly address: AddressPair;
  readonly declaredPorts: readonly number[];
  /** topology.kubernetes.io/zone: what fails together; absent where nobody says */
  readonly zone?: string;
};

/** One line of `meshwise ps`. */
export type WorkloadStatus = WorkloadIdentity & {
  readonly state: WorkloadState;
  readonly health: Health;
  readonly revision: string;
  /** pid in the agent's PID namespace of a process inside the workload's network namespace */
  readonly pid?: number;
  readonly startedAtUs?: number;
  readonly restarts: number;
  /** why it was started again, in one sentence; absent: it never was */
  readonly lastEnd?: string;
  readonly exitCode?: number;
  /** what it is waiting for, or why it failed, in one sentence */
  readonly reason?: string;
  readonly limits: ServiceSpec["limits"];
  readonly resources?: ResourceSample;
  /** when those figures were read, µs since the epoch */
  readonly resourcesAtUs?: number;
};
