// One worker's data plane: listeners in, spans out. The way of a request is in stack.ts.
import { DEFAULT_POLICY } from "../model/traffic-policy.ts";
import { batch } from "./batch.ts";
import { destroy } from "./connection.ts";
import { debugConnections } from "./debug.ts";
import { closePools, endConnections, endRest, moveUnspoken } from "./drain.ts";
import { END } from "./layer.ts";
import { LIMITS } from "./limits.ts";
import { acceptHandlers } from "./listen/accept.ts";
import { keepHouse } from "./policy/housekeeping.ts";
import { serviceState } from "./policy/service.ts";
import { adoptPolicies, waysOf } from "./policy/ways.ts";
import { closeIdle } from "./pool/pool.ts";
import { roster } from "./roster.ts";
import { compileTable, EMPTY_TABLE, knownBackends } from "./route/table.ts";
import { compileRoutes } from "./route/ways.ts";
import type { Core, Downstream, Upstream } from "./shapes.ts";
import type { SocketListener } from "./sockets.ts";
import { httpStack, mirrorStack, opaqueStack } from "./stack.ts";
import { alignClocks, wake } from "./time.ts";
import { timers } from "./timers.ts";
import type { Proxy as DataPlane, Origin, ProxyDeps } from "./types.ts";
import { upstreamHandlers } from "./upstream/upstream.ts";

export function createProxy(deps: ProxyDeps): DataPlane {
  const core: Core = {
    deps,
    roster: roster(),
    batch: batch(deps.sockets.atEndOfTurn),
    timers: timers(deps.clock, () => wake(core)),
    upstreamHandlers: upstreamHandlers(broken),
    http: END,
    opaque: END,
    mirror: END,
    mirroring: 0,
    plain: { http: END, opaque: END, isRouted: false, protocol: undefined },
    table: EMPTY_TABLE,
    egress: new Map(),
    services: new Map(),
    connecting: 0,
    nowMs: deps.clock.monotonicMs(),
    epochUs: 0,
    checks: new Map(),
    spare: [],
    touchedMs: 0,
    isDraining: false,
  };
  alignClocks(core);
  core.http = httpStack(core);
  core.opaque = opaqueStack(core);
  core.mirror = mirrorStack(core);
  core.plain = waysOf(core, serviceState(core, 0, "outside"), DEFAULT_POLICY);
  const listeners = new Map<SocketListener, Origin>();
  let sweptMs = core.nowMs;
  const sweep = deps.clock.every(LIMITS.sweepMs, () => {
    alignClocks(core);
    core.roster.sweep(wake(core));
    keepHouse(core, core.nowMs - sweptMs - LIMITS.sweepMs);
    sweptMs = core.nowMs;
  });

  function stopListening(which: (origin: Origin) => boolean): void {
    for (const [listener, origin] of listeners) {
      if (!which(origin)) continue;
      listeners.delete(listener);
      listener.stop();
    }
  }

  return {
    listen(fd, origin) {
      listeners.set(deps.sockets.listen(fd, acceptHandlers(core, origin, broken)), origin);
    },
    swap(snapshot) {
      const old = core.table;
      const isSame = snapshot.version === old.snapshot.version;
      const routes = isSame ? old.routes : compileRoutes(core, snapshot);
      core.table = compileTable(snapshot, old, routes, wake(core));
      if (!isSame) {
        old.routes.retire();
        adoptPolicies(core, snapshot);
      }
      for (const backend of knownBackends(old)) if (backend.isGone) closeIdle(backend);
      moveUnspoken(core);
    },
    forget(key) {
      stopListening((origin) => origin.kind === "outbound" && origin.caller.key === key);
      endConnections(core, (down) => down.origin.kind === "outbound" && down.source === key);
      closePools(core, key);
    },
    unpublish(id) {
      const is = (origin: Origin) => origin.kind === "published" && origin.listener.id === id;
      stopListening(is);
      endConnections(core, (down) => is(down.origin));
    },
    connections: () => debugConnections(core),
    async drain(graceMs) {
      stopListening(() => true);
      core.isDraining = true;
      wake(core);
      endConnections(core, () => true, Math.min(graceMs, LIMITS.drainSilenceMs));
      closePools(core);
      const end = deps.clock.monotonicMs() + graceMs;
      while (core.roster.all.some(({ side }) => side === "downstream") && deps.clock.monotonicMs() < end) {
        await deps.clock.sleep(Math.min(50, Math.max(1, graceMs)));
      }
      const cut = endRest(core);
      sweep.cancel();
      return cut;
    },
  };
}

/** A mistake of ours, met in one connection's event: it costs that connection, and the worker's log says what it was. */
function broken(connection: Downstream | Upstream | undefined, error: unknown): void {
  console.error("meshwise: a mistake of the proxy:", error);
  if (!connection) return;
  if (connection.side === "downstream") destroy(connection);
  else destroy(connection);
}
