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
  /** of its figures, µs since the epoch: they are told from process to process, which takes its time on a busy machine */
  readonly atUs: number;
};

/** figures that are older are no longer told anew */
const LATEST_US = 10e6;

/** The host stands beside workloads as one that belongs to no service. */
export const HOST_SERVICE = "";

export function lookedAt({ atUs, workloads, host }: Pick<Sample, "atUs" | "workloads" | "host">): Looked[] {
  const each = workloads.map((one): Looked => {
    const { id, service, version, connections, resources = {}, resourcesAtUs = atUs } = one;
    // of one that has ended the last figures stay
    const lookedUs = atUs - resourcesAtUs < LATEST_US ? resourcesAtUs : atUs;
    return { workload: id, service, version, connections, isReady: isReady(one), used: resources, atUs: lookedUs };
  });
  if (!host) return each;
  return [
    ...each,
    { workload: "host", service: HOST_SERVICE, version: "", connections: 0, isReady: true, used: host, atUs },
  ];
}
