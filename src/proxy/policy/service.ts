// What the data plane knows of a service beyond a snapshot's life: its places in the page that all workers share, and what
// was learned about it. Routes and policies come and go; this stays, so that a change of configuration forgets nothing.

import { mix } from "../../model/page/slots.ts";
import { DEFAULT_POLICY } from "../../model/traffic-policy.ts";
import { knownBackends } from "../route/table.ts";
import type { Backend, Core, ServiceState } from "../shapes.ts";
import { hostMs } from "../time.ts";

export function serviceState(core: Core, key: number, name: string): ServiceState {
  const known = core.services.get(key);
  if (known) return known;
  const state: ServiceState = {
    key,
    name,
    slot: core.deps.page.services.claim(mix(key, 0x5e41), hostMs(core)),
    policy: DEFAULT_POLICY,
    made: undefined,
    maxConnections: 0,
    maxPending: 0,
    waiting: [],
    limiter: undefined,
    callers: new Map(),
  };
  core.services.set(key, state);
  return state;
}

/** The endpoint's place in the page, the same for all workers; -1: none. */
export function slotOf(core: Core, backend: Backend): number {
  // an address of the outside is not one endpoint of several
  if (backend.slot < 0 && backend.workload !== 0) {
    backend.slot = core.deps.page.endpoints.claim(endpointHash(backend.workload, backend.port), hostMs(core));
  }
  return backend.slot;
}

export function endpointHash(workload: number, port: number): number {
  return mix(workload, port);
}

/** Tells the page what is still in use. */
export function touchSlots(core: Core): void {
  const { page } = core.deps;
  const now = hostMs(core);
  for (const { slot } of core.services.values()) page.services.touch(slot, now);
  for (const backend of knownBackends(core.table)) {
    // asked for anew: while this process was stopped its place may have gone to somebody else
    if (backend.slot >= 0) backend.slot = page.endpoints.claim(endpointHash(backend.workload, backend.port), now);
  }
}
