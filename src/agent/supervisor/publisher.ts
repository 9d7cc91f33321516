// Makes the snapshot from the config and who is ready, and brings it to the kernel's ready sets and the workers in the
// order that keeps a promise: a connection that is accepted has an endpoint. One change at a time; what changes meanwhile
// is taken together.
import { type Endpoint, type MeshConfig, type PackedSnapshot, pack, type Snapshot } from "../../model/snapshot.ts";
import type { WorkloadIdentity } from "../../model/workload.ts";
import { readyPortsOf } from "./ready-ports.ts";
import type { ReadySets } from "./ready-sets.ts";

export type Publisher = {
  /** something changed; resolves when it is in force */
  publish(): Promise<void>;
  current(): Snapshot | undefined;
};

export type PublisherDeps = {
  readonly sets: ReadySets;
  readonly send: (snapshot: PackedSnapshot) => void;
  /** undefined: there is no config yet */
  readonly collect: () =>
    | { readonly config: MeshConfig; readonly workloads: WorkloadIdentity[]; readonly endpoints: Endpoint[] }
    | undefined;
};

export function makePublisher({ sets, send, collect }: PublisherDeps): Publisher {
  let current: Snapshot | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const round = async () => {
    const state = collect();
    if (!state) return;
    const snapshot: Snapshot = { ...state.config, workloads: state.workloads, endpoints: state.endpoints };
    const ready = readyPortsOf(snapshot);
    await sets.setEgress(snapshot.egress.allowed);
    await sets.narrow(ready);
    current = snapshot;
    send(pack(snapshot));
    await sets.widen(ready);
  };

  const run = () => {
    running = round().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    publish() {
      if (!running) return run();
      next ??= running
        .catch(() => {})
        .then(() => {
          next = undefined;
          return run();
        });
      return next;
    },
    current: () => current,
  };
}
