// What of a sample is kept over time.
import { isReady } from "./readiness.ts";
import type { ResourceSample } from "./resources.ts";
import type { Sample } from "./telemetry.ts";

/** What is kept over time of a workload, and of the host. */
export type Looked = {
  readonly workload: string;
  readonly service: string;
  readonly version: string;
  readonly connections: number;
  readonly isReady: boolean;
  readonly used: ResourceSample;
};

/** The host stands beside workloads as one that belongs to no service. */
export const HOST_SERVICE = "";

export function lookedAt({ workloads, host }: Pick<Sample, "workloads" | "host">): Looked[] {
  const each = workloads.map((one): Looked => {
    const { id, service, version, connections, resources = {} } = one;
    return { workload: id, service, version, connections, isReady: isReady(one), used: resources };
  });
  if (!host) return each;
  return [...each, { workload: "host", service: HOST_SERVICE, version: "", connections: 0, isReady: true, used: host }];
}
