// Attaches a workload before it starts, or takes over one that another supervisor attached: namespace, rules, listeners,
// resolver. And the way back.
import type { Clock } from "../../base/clock.ts";
import { MeshError } from "../../base/errors/index.ts";
import type { WorkloadIdentity } from "../../model/workload.ts";
import { closeFds } from "../../sys/libc.ts";
import { makeNamespace, removeNamespace } from "../netns/namespace.ts";
import type { OpenerClient } from "./opener-client.ts";
import type { ReadySets } from "./ready-sets.ts";
import type { WorkerPool } from "./worker-pool.ts";
import { type Attached, attached, release } from "./workloads.ts";

/** The opener may be coming back. */
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

/** @param handed its sockets, when another supervisor has made them; taken over */
export async function attach(
  deps: AttachDeps,
  identity: WorkloadIdentity,
  handed: readonly number[],
): Promise<Attached> {
  const { clock, opener, sets, pool, workloads } = deps;
  const { key, address } = identity;
  const known = workloads.get(key);
  if (known) {
    closeFds(handed);
    return known;
  }

  const netns = await makeNamespace(key, address);
  try {
    // before the process starts: not one packet of it leaves without the rules
    await sets.install(key, netns, address);
    opener.tell({ key, netns, address, v6OnlyPorts: [] });
    const fds = handed.length > 0 ? complete(handed, deps.workers) : await openPatiently(deps, key);
    const workload = attached(identity, netns, fds, clock.monotonicMs());
    workloads.set(key, workload);
    pool.attach(workload);
    return workload;
  } catch (thrown) {
    sets.remove(key);
    opener.forget(key);
    closeFds(handed);
    throw thrown;
  }
}

/** All of them, or none: a listener per worker, and the resolver's two. */
function complete(fds: readonly number[], workers: number): readonly number[] {
  if (fds.length === workers + 2) return fds;
  // a channel delivers all of a message's descriptors, or none when the process has no room
  throw new MeshError("listener_failed", "no room for more open files in the agent");
}

async function openPatiently({ clock, opener, workers }: AttachDeps, key: number): Promise<readonly number[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return complete(await opener.open(key, workers), workers);
    } catch (thrown) {
      if (attempt === TRIES) throw thrown;
      await clock.sleep(BETWEEN_TRIES_MS);
    }
  }
}

/** Forgets it, and its namespace remains: it is somebody else's to remove. */
export function forget({ opener, sets, pool, workloads }: AttachDeps, key: number): void {
  const workload = workloads.get(key);
  workloads.delete(key);
  pool.forget(key);
  opener.forget(key);
  sets.remove(key);
  if (workload) release(workload);
}

/** The namespace lives on as long as something of the workload does. */
export async function detach(deps: AttachDeps, key: number): Promise<void> {
  forget(deps, key);
  await removeNamespace(key);
}
