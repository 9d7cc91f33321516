// How connections end without losing anything: a workload goes, a port is unpublished, the worker stops.
import { MeshError } from "../base/errors/index.ts";
import { destroy, hangUp, hangUpSilent } from "./connection.ts";
import { closeWhenSilent, isSilent } from "./listen/downstream.ts";
import { closeIdle } from "./pool/pool.ts";
import { knownBackends } from "./route/table.ts";
import { giveUp } from "./send/give-up.ts";
import type { Core, Downstream } from "./shapes.ts";
import { describe } from "./upstream/upstream.ts";

/**
 * Ends the callers' connections: each carries one more request at most, whose answer says so. One that carries nothing is
 * closed once it was silent for so long: a request may be on its way, and would be lost.
 * @param silenceMs 0: at once
 */
export function endConnections(core: Core, which: (down: Downstream) => boolean, silenceMs = 0): void {
  for (const connection of [...core.roster.all]) {
    if (connection.side !== "downstream" || !which(connection)) continue;
    connection.isLast = true;
    if (silenceMs > 0) closeWhenSilent(connection, silenceMs);
    else if (isSilent(connection)) hangUpSilent(connection);
  }
}

/** The resting connections to the workload, and from it to the outside; undefined: all. */
export function closePools(core: Core, key?: number): void {
  for (const backend of knownBackends(core.table)) {
    if (key === undefined || backend.workload === key) closeIdle(backend);
  }
  for (const { backends } of core.egress.values()) {
    for (const backend of backends) {
      if (key === undefined || (backend.target.type === "egress" && backend.target.source === key)) closeIdle(backend);
    }
  }
}

/** Whatever is still open after the time of grace. Returns how many connections of callers carried something. */
export function endRest(core: Core): number {
  let cut = 0;
  const over = () => new MeshError("proxy_draining", "its time of grace is over");
  for (const connection of [...core.roster.all]) {
    if (connection.isClosed) continue;
    const { exchange } = connection;
    if (exchange && !exchange.isSettled && exchange.startMs >= 0) {
      // whichever of its two connections comes first; copies and second tries are nobody's
      if (!exchange.isMirror && !exchange.twinOf) cut++;
      // also those without a caller's connection, such as copies: else the end of theirs would be a reason to try again
      giveUp(exchange, over());
    }
    if (connection.isClosed) continue;
    if (connection.side === "downstream" && isSilent(connection)) hangUp(connection);
    else destroy(connection);
  }
  return cut;
}

/**
 * Connections on which nobody has said anything yet, to endpoints that are gone: they are joined with another one. A
 * browser keeps such a connection in reserve for minutes, and it would keep the endpoint from ending.
 */
export function moveUnspoken(core: Core): void {
  for (const connection of [...core.roster.all]) {
    if (connection.side !== "upstream" || !connection.backend.isGone || connection.stage.name !== "listening") continue;
    const { exchange, backend } = connection;
    // nothing was sent: whoever tries again may do so
    if (exchange) giveUp(exchange, new MeshError("upstream_unreachable", `${describe(backend)} is leaving`));
  }
}
