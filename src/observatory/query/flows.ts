// Cells added up: by pair of services, by service.

import type { ErrorCode } from "../../base/errors/index.ts";
import { merge } from "../../base/sketch.ts";
import type { ServiceFigures } from "../../model/figures.ts";
import { isReady, isWanted } from "../../model/readiness.ts";
import { addTally, type Flow, signals, type Tally, tally } from "../../model/tally.ts";
import type { WorkloadSample } from "../../model/telemetry.ts";
import type { Cell, Cells } from "../live/cell.ts";
import type { Series } from "../live/series.ts";

export const REFUSED: ErrorCode = "rate_limited";

export function tallyCell(to: Tally, series: Series, cell: Cell): void {
  to.requests += cell.requests;
  if (!series.isSuccess) to.failures += cell.requests;
  if (series.isFault) to.faults += cell.requests;
  if (series.isOurs) to.ours += cell.requests;
  if (series.error === REFUSED) to.refused += cell.requests;
  to.attempts += cell.requests + cell.attempts;
  if (!series.isSuccess) to.failedAttempts += cell.requests + cell.attempts;
  to.requestBytes += cell.requestBytes;
  to.responseBytes += cell.responseBytes;
  if (series.protocol !== "tcp") merge(to.durations, cell.sketch);
}

/** One per pair, port and protocol, in a stable order. */
export function flowsOf(cells: Cells): Flow[] {
  const flows = new Map<string, Flow>();
  for (const [series, cell] of cells) {
    const { source, sourceNamespace, destination, destinationNamespace, port, protocol } = series;
    const name = [sourceNamespace, source, destinationNamespace, destination, port, protocol].join("\n");
    let flow = flows.get(name);
    if (!flow) {
      flow = { source, sourceNamespace, destination, destinationNamespace, port, protocol, all: tally() };
      flows.set(name, flow);
    }
    tallyCell(flow.all, series, cell);
  }
  return [...flows.values()].sort(byPair);
}

export type KnownServices = {
  readonly services: readonly { readonly name: string; readonly namespace: string }[];
  readonly workloads: readonly WorkloadSample[];
};

/** Every known service and every one that was called: the traffic to it. @param seconds that the flows span */
export function servicesOf(flows: readonly Flow[], known: KnownServices, seconds: number): ServiceFigures[] {
  const rows = new Map<string, ServiceRow>();
  const rowOf = (service: string, namespace: string): ServiceRow => {
    const name = `${namespace}/${service}`;
    let row = rows.get(name);
    if (!row) {
      row = { service, namespace, protocols: new Set(), all: tally() };
      rows.set(name, row);
    }
    return row;
  };
  for (const { name, namespace } of known.services) rowOf(name, namespace);
  for (const { destination, destinationNamespace, protocol, all } of flows) {
    // the outside is nobody's service
    if (destinationNamespace === "") continue;
    const row = rowOf(destination, destinationNamespace);
    row.protocols.add(protocol);
    addTally(row.all, all);
  }
  const ownWorkloads = Map.groupBy(known.workloads, ({ service }) => service);
  return [...rows.values()]
    .map(({ service, namespace, protocols, all }) => {
      const own = ownWorkloads.get(service) ?? [];
      return {
        service,
        namespace,
        meshed: { ready: own.filter(isReady).length, total: own.filter(isWanted).length },
        protocols: [...protocols].sort(),
        connections: own.reduce((sum, one) => sum + one.connections, 0),
        ...signals(all, seconds),
      };
    })
    .sort((a, b) => compare(a.namespace, b.namespace) || compare(a.service, b.service));
}

type ServiceRow = {
  readonly service: string;
  readonly namespace: string;
  readonly protocols: Set<string>;
  readonly all: Tally;
};

function byPair(a: Flow, b: Flow): number {
  return (
    compare(a.source, b.source) ||
    compare(a.destination, b.destination) ||
    a.port - b.port ||
    compare(a.protocol, b.protocol) ||
    compare(a.sourceNamespace, b.sourceNamespace) ||
    compare(a.destinationNamespace, b.destinationNamespace)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
