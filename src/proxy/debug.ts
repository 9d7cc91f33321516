// What `meshwise debug connections` shows.
import { callerOf } from "./listen/downstream.ts";
import type { Core, Downstream, Upstream } from "./shapes.ts";
import type { ConnectionInfo } from "./types.ts";
import { describe } from "./upstream/upstream.ts";

export function debugConnections(core: Core): ConnectionInfo[] {
  const now = core.deps.clock.monotonicMs();
  return core.roster.all.map((connection) => ({
    side: connection.side,
    ...(connection.side === "downstream" ? ends(connection) : upstreamEnds(core, connection)),
    protocol: protocolOf(connection),
    state: connection.stage.name,
    ageMs: Math.round(now - connection.openedMs),
    exchanges: connection.exchanges,
  }));
}

function ends(down: Downstream): Pick<ConnectionInfo, "source" | "destination"> {
  const name = down.destination?.name ?? down.address;
  return { source: callerName(down), destination: `${name}:${down.destination?.port ?? down.port}` };
}

function upstreamEnds(core: Core, up: Upstream): Pick<ConnectionInfo, "source" | "destination"> {
  const { backend, exchange } = up;
  const name = backend.workload === 0 ? describe(backend) : `${workloadName(core, backend.workload)}:${backend.port}`;
  return { source: exchange ? callerName(exchange.downstream) : "", destination: name };
}

function callerName(down: Downstream): string {
  return callerOf(down)?.id ?? "outside";
}

function workloadName({ table }: Core, key: number): string {
  for (const { servers } of table.byService.values()) {
    const found = servers?.workloads.find((workload) => workload.key === key);
    if (found) return found.id;
  }
  return `workload ${key}`;
}

function protocolOf(connection: Downstream | Upstream): string {
  const exchange = connection.exchange;
  if (connection.stage.name === "detecting" || connection.stage.name === "undecided") return "unknown";
  return exchange?.isOpaque ? "tcp" : "http/1.1";
}
