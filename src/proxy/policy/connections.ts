// What becomes of a limited connection's place when it is free again: the oldest request that waits may have it.

import { HELD } from "../../model/page/held.ts";
import type { Core, ServiceState } from "../shapes.ts";

export function isCounted({ maxConnections, slot }: ServiceState): boolean {
  return maxConnections > 0 && slot >= 0;
}

/** A connection is gone. */
export function giveConnection(core: Core, service: ServiceState | undefined): void {
  if (!service) return;
  core.deps.page.held.give(service.slot, HELD.connections);
  letNextGo(core, service);
}

export function letNextGo(core: Core, service: ServiceState): void {
  const { waiting } = service;
  const next = waiting.shift();
  if (!next) return;
  core.deps.page.held.give(service.slot, HELD.pending);
  next.go();
  // somebody else was faster: it keeps its place
  if (waiting.at(-1)?.x === next.x) waiting.unshift(...waiting.splice(-1));
}
