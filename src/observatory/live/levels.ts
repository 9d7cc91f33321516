// What has a level now: workloads, processes, services. The newest sample counts; an agent that was restarted under
// another name must not show its workloads twice.
import type { ProcessSample, Sample, WorkloadSample } from "../../model/telemetry.ts";

export type Levels = {
  take(sample: Sample): void;
  /** all processes of the mesh on this host; an agent knows only those of its own */
  tellProcesses(processes: readonly ProcessSample[]): void;
  workloads(): WorkloadSample[];
  processes(): readonly ProcessSample[];
  services(): { readonly name: string; readonly namespace: string }[];
  /** "" before the first sample */
  project(): string;
  /** µs since the epoch of the newest sample; undefined before the first */
  atUs(): number | undefined;
};

/** An agent that has been silent for longer than this beside one that speaks is gone. */
const SILENCE_US = 5e6;

export function levels(): Levels {
  const byAgent = new Map<string, Sample>();
  let told: readonly ProcessSample[] | undefined;

  const newestFirst = () => [...byAgent.values()].sort((a, b) => b.atUs - a.atUs);
  const distinct = <T>(items: readonly T[], name: (item: T) => string | number): T[] => {
    const first = new Map<string | number, T>();
    for (const item of items) if (!first.has(name(item))) first.set(name(item), item);
    return [...first.values()];
  };

  return {
    take(sample) {
      byAgent.set(sample.agent, sample);
      for (const [agent, other] of byAgent) if (other.atUs < sample.atUs - SILENCE_US) byAgent.delete(agent);
    },
    tellProcesses(processes) {
      told = processes;
    },
    workloads: () =>
      distinct(
        newestFirst().flatMap((sample) => sample.workloads),
        (workload) => workload.key,
      ),
    processes: () =>
      told ??
      distinct(
        newestFirst().flatMap((sample) => sample.processes),
        (process) => `${process.role}/${process.index}`,
      ),
    services: () =>
      distinct(
        newestFirst().flatMap((sample) => sample.services),
        (service) => `${service.namespace}/${service.name}`,
      ),
    project: () => newestFirst()[0]?.project ?? "",
    atUs: () => newestFirst()[0]?.atUs,
  };
}
