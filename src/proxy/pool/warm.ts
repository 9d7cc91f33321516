// Keeps connections open before anybody asks for them, so that the first requests to a new endpoint do not wait for one.
import { MeshError } from "../../base/errors/index.ts";
import { HELD } from "../../model/page/held.ts";
import { isCounted } from "../policy/connections.ts";
import type { Backend, Core, ServiceState } from "../shapes.ts";
import { connect } from "../upstream/upstream.ts";
import { release } from "./pool.ts";

/** a server that does not keep connections, or refuses them, is left alone for so long */
const DISCOURAGED_MS = 30_000;
/** shorter lives than this say that it does not keep them */
const KEPT_MS = 1_000;

export function keepWarm(core: Core, service: ServiceState, backend: Backend, wanted: number): void {
  if (core.isDraining || backend.isGone || backend.open >= wanted) return;
  if (backend.idleLimitMs < KEPT_MS || core.nowMs < backend.warmAfterMs) return;
  for (let missing = wanted - backend.open; missing > 0; missing--) {
    const isLimited = isCounted(service);
    // what is limited is for requests first
    if (isLimited && !core.deps.page.held.take(service.slot, HELD.connections, service.maxConnections)) return;
    connect(
      core,
      backend,
      (result) => {
        if (result instanceof MeshError) backend.warmAfterMs = core.nowMs + DISCOURAGED_MS;
        else release(core, result);
      },
      isLimited ? service : undefined,
    );
  }
}
