// What `meshwise debug connections` shows.
import type { Core, Downstream, Upstream } from "./shapes.ts";
import type { ConnectionInfo } from "./types.ts";
import { describe } from "./upstream/upstream.ts";

export function debugConnections(core: Core): ConnectionInfo[] {
  const now = core.deps.clock.monotonicMs();
  return core.roster.all.map((connection) => ({
    side: connection.side,
    ...(connection.side === "downstream" ? ends(core, connection) : upstreamEnds(core, connection)),
    protocol: protocolOf(connection),
    state: connection.stage.name,
    ageMs: Math.round(now - connection.openedMs),
    exchanges: connection.exchanges,
  }));
}

function ends(core: Core, down: Downstream): Pick<ConnectionInfo, "source" | "destination"> {
  const name = down.destination?.name ?? down.address;
  return { source: workloadName(core, down.source), destination: `${name}:${down.destination?.port ?? down.port}` };
}

function upstreamEnds(core: Core, up: Upstream): Pick<ConnectionInfo, "source" | "destination"> {
  const { backend, exchange } = up;
  const name = backend.workload === 0 ? describe(backend) : `${workloadName(core, backend.workload)}:${backend.port}`;
  return { source: exchange ? workloadName(core, exchange.downstream.source) : "", destination: name };
}

function workloadName(core: Core, key: number): string {
  return key === 0 ? "outside" : (core.table.workloads.get(key)?.id ?? `workload ${key}`);
}

function protocolOf(connection: Downstream | Upstream): string {
  const exchange = connection.exchange;
  if (connection.stage.name === "detecting" || connection.stage.name === "undecided") return "unknown";
  return exchange?.isOpaque ? "tcp" : "http/1.1";
}
