// Facts of a mesh in few words, for tests: `flow("web", "cart", { requests: 100, faults: 12 })`.
import { add, sketch } from "../base/sketch.ts";
import { type Flow, tally } from "../model/tally.ts";
import type { WorkloadSample } from "../model/telemetry.ts";
import { OUTSIDE } from "./graph/node.ts";
import type { ReportedFacts } from "./health/mesh.ts";

export const NOW_US = 1_700_000_000_000_000;

type Counts = {
  readonly requests?: number;
  readonly faults?: number;
  /** failures of the mesh itself */
  readonly ours?: number;
  readonly protocol?: string;
  readonly port?: number;
  /** each of the requests took one of these, in turns */
  readonly ms?: readonly number[];
};

/** Ends are `name` (in the namespace shop) or `namespace/name`; `outside` and names with a dot are of the outside. */
export function flow(source: string, destination: string, counts: Counts = {}): Flow {
  const { requests = 100, faults = 0, ours = 0, protocol = "http/1.1", port = 8080, ms = [] } = counts;
  const durations = sketch();
  if (ms.length > 0) for (let i = 0; i < requests; i++) add(durations, (ms[i % ms.length] as number) * 1000);
  const [sourceNamespace, from] = placeOf(source);
  const [destinationNamespace, to] = placeOf(destination);
  return {
    source: from,
    sourceNamespace,
    destination: to,
    destinationNamespace,
    port,
    protocol,
    all: { ...tally(), requests, failures: faults + ours, faults, ours, durations },
  };
}

export function workload(service: string, overrides: Partial<WorkloadSample> = {}): WorkloadSample {
  return {
    key: 1,
    id: `${service}-1`,
    service,
    version: "v1",
    identity: `spiffe://meshwise.local/ns/shop/sa/${service}`,
    address: { v4: "240.128.0.1", v6: "fd00:6d77:80::1" },
    declaredPorts: [8080],
    state: "running",
    health: "none",
    revision: "abc",
    restarts: 0,
    limits: {},
    connections: 0,
    readyPorts: [8080],
    ...overrides,
  };
}

/** The services of the flows, each with a ready workload, an agent that has just reported, and nothing lost. */
export function facts(flows: readonly Flow[], overrides: Partial<ReportedFacts> = {}): ReportedFacts {
  const services = new Map<string, { readonly service: string; readonly namespace: string }>();
  for (const one of flows) {
    for (const [service, namespace] of [
      [one.source, one.sourceNamespace],
      [one.destination, one.destinationNamespace],
    ] as const) {
      if (namespace !== "") services.set(`${namespace}/${service}`, { service, namespace });
    }
  }
  const all = [...services.values()];
  return {
    nowUs: NOW_US,
    flows,
    services: all,
    workloads: all.map(({ service }) => workload(service)),
    reportedUs: NOW_US - 1e6,
    coverage: { spans: 1, missing: [] },
    ...overrides,
  };
}

function placeOf(end: string): readonly [namespace: string, name: string] {
  if (end === OUTSIDE || end.includes(".")) return ["", end];
  const [first, second] = end.split("/");
  return second === undefined ? ["shop", first as string] : [first as string, second];
}
