// Attaches a workload before it starts, or takes over one that a former supervisor attached: namespace, rules, listeners,
// resolver. And the way back.
import type { Clock } from "../../base/clock.ts";
import { MeshError } from "../../base/errors/index.ts";
import type { WorkloadIdentity } from "../../model/workload.ts";
import { makeNamespace, removeNamespace } from "../netns/namespace.ts";
import type { OpenerClient } from "./opener-client.ts";
import type { ReadySets } from "./ready-sets.ts";
import type { WorkerPool } from "./worker-pool.ts";
import { type Attached, attached, release } from "./workloads.ts";

/** Workers of a former supervisor may hold the resolver's port for a moment, and the opener may be coming back. */
const TRIES = 50;
const BETWEEN_TRIES_MS = 100;

export type AttachDeps = {
  readonly clock: Clock;
  readonly workers: number;
  readonly opener: OpenerClient;
  readonly sets: ReadySets;
  readonly pool: WorkerPool;
  readonly workloads: Map<number, Attached>;
};

export async function attach(deps: AttachDeps, identity: WorkloadIdentity): Promise<Attached> {
  const { clock, opener, sets, pool, workloads } = deps;
  const { key, address } = identity;
  const known = workloads.get(key);
  if (known) return known;

  const netns = await makeNamespace(key, address);
  try {
    // before the process starts: not one packet of it leaves without the rules
    await sets.install(key, netns, address);
    opener.tell({ key, netns, address, v6OnlyPorts: [] });
    const fds = await openPatiently(deps, key);
    const workload = attached(identity, netns, fds, clock.monotonicMs());
    workloads.set(key, workload);
    pool.attach(workload);
    return workload;
  } catch (thrown) {
    sets.remove(key);
    opener.forget(key);
    throw thrown;
  }
}

async function openPatiently({ clock, opener, workers }: AttachDeps, key: number): Promise<readonly number[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const fds = await opener.open(key, workers);
      if (fds.length === workers + 2) return fds;
      throw new MeshError("listener_failed", "no room for more open files in the agent");
    } catch (thrown) {
      if (attempt === TRIES) throw thrown;
      await clock.sleep(BETWEEN_TRIES_MS);
    }
  }
}

/** The namespace lives on as long as something of the workload does. */
export async function detach({ opener, sets, pool, workloads }: AttachDeps, key: number): Promise<void> {
  const workload = workloads.get(key);
  workloads.delete(key);
  pool.forget(key);
  opener.forget(key);
  sets.remove(key);
  if (workload) release(workload);
  await removeNamespace(key);
}
