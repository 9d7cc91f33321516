// What is done for services now and then rather than for each request: with the sweep of the deadlines, four times a second.
import { compare } from "../filter/outlier/compare.ts";
import { relieve } from "../filter/shed/limiter.ts";
import { checkHealth } from "../health/checks.ts";
import { shareConnections } from "../pool/limit.ts";
import { keepWarm } from "../pool/warm.ts";
import type { Core, Destination, ServiceState } from "../shapes.ts";
import { touchSlots } from "./service.ts";

const TOUCH_MS = 5_000;

/** @param lagMs how much later than planned the event loop came to this */
export function keepHouse(core: Core, lagMs: number): void {
  const isTouching = core.nowMs - core.touchedMs >= TOUCH_MS;
  if (isTouching) {
    core.touchedMs = core.nowMs;
    touchSlots(core);
  }
  checkHealth(core);
  for (const service of core.services.values()) {
    const { policy, limiter } = service;
    if (limiter) relieve(limiter, lagMs, policy.concurrency.min);
    const destinations = destinationsOf(core, service);
    if (!destinations) continue;
    if (policy.outlierEjection.isOn) compare(core, policy.outlierEjection, service, destinations.values());
    for (const { backends } of destinations.values()) {
      if (service.maxConnections > 0) shareConnections(core, service, backends);
      if (policy.loadBalancing.warmConnections > 0) {
        for (const backend of backends) keepWarm(core, service, backend, policy.loadBalancing.warmConnections);
      }
    }
  }
}

/** One for each port that this worker's callers have asked for. */
function destinationsOf(core: Core, { name }: ServiceState): ReadonlyMap<number, Destination> | undefined {
  return core.table.byService.get(name)?.destinations;
}
