// No more connections to a service than its policy allows, over all workers. Beyond it requests wait for one that becomes
// free, again no more of them than allowed. A connection that rests for another endpoint gives way.

import { MeshError } from "../../base/errors/index.ts";
import { HELD } from "../../model/page/held.ts";
import { isAsGood } from "../balance/chooser.ts";
import { fail } from "../layer.ts";
import { LIMITS } from "../limits.ts";
import { isCounted, letNextGo } from "../policy/connections.ts";
import type { Backend, Core, Exchange, Link, ServiceState, Upstream } from "../shapes.ts";
import { dropUpstream } from "../upstream/upstream.ts";

/**
 * Makes a function that says whether a connection may be made for the exchange now. If not, the exchange waits, and `run`
 * is called with it when there may be one; or it has failed.
 */
export function connectionTaker(core: Core, service: ServiceState, outer: Link) {
  const { held } = core.deps.page;
  // for as long as it waits: whoever ends it takes it out of the queue
  const waitingWay: Link = {
    run() {},
    answer: (x) => outer.answer(x),
    settle(x) {
      const place = service.waiting.findIndex((waiting) => waiting.x === x);
      if (place >= 0) {
        service.waiting.splice(place, 1);
        held.give(service.slot, HELD.pending);
      }
      outer.settle(x);
    },
  };

  return (x: Exchange, run: (x: Exchange) => void): boolean => {
    if (!isCounted(service)) return true;
    const { slot, maxConnections, maxPending } = service;
    if (held.take(slot, HELD.connections, maxConnections)) return true;
    if (makeRoom(x) && held.take(slot, HELD.connections, maxConnections)) return true;
    const most = maxPending === 0 ? Number.POSITIVE_INFINITY : maxPending;
    if (!held.take(slot, HELD.pending, most)) {
      const text = `${service.name}: ${maxConnections} connections are in use and ${maxPending} requests wait`;
      fail(outer, x, new MeshError("breaker_open", text));
      return false;
    }
    const { way } = x;
    x.way = waitingWay;
    x.downstream.deadline = core.nowMs + LIMITS.pendingMs;
    const go = () => {
      x.way = way;
      run(x);
    };
    service.waiting.push({ x, go });
    return false;
  };
}

/** Closes a resting connection to another endpoint of the service. */
function makeRoom({ destination, backend }: Exchange): boolean {
  const other = destination?.backends.find(({ idle }) => idle.length > 0);
  if (!other || other === backend) return false;
  dropUpstream(other.idle.shift() as Upstream);
  return true;
}

/**
 * A connection to `backend` came to rest: the oldest request that waits gets it. When that was to go to another endpoint
 * and must not change, the connection makes room for one to there.
 */
export function offer(core: Core, service: ServiceState, backend: Backend): void {
  const x = service.waiting[0]?.x;
  if (!x) return;
  if (x.backend !== backend) {
    if (x.isProbe || !isAsGood(core, x, backend)) {
      dropUpstream(backend.idle.pop() as Upstream);
      return;
    }
    if (x.backend) x.backend.load.outstanding--;
    backend.load.outstanding++;
    x.backend = backend;
  }
  letNextGo(core, service);
}

/** Now and then: another worker may have given one back, or waits for one that rests here. */
export function shareConnections(core: Core, service: ServiceState, backends: readonly Backend[]): void {
  const { held } = core.deps.page;
  if (!isCounted(service)) return;
  const { slot, maxConnections } = service;
  const free = () => maxConnections - held.total(slot, HELD.connections);
  for (let i = service.waiting.length; i > 0 && free() > 0; i--) letNextGo(core, service);
  const others = held.total(slot, HELD.pending) - service.waiting.length;
  const resting = others > 0 ? backends.find(({ idle }) => idle.length > 0)?.idle.shift() : undefined;
  if (resting) dropUpstream(resting);
}
