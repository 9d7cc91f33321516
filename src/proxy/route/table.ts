// The snapshot as the data plane reads it: virtual address → service → port → destination. Built once per swap; backends
// and destinations that stay keep their identity, and with it their pools and what was learned about them.
import { formatIp, parseIp } from "../../base/ip.ts";
import { NO_ROUTING } from "../../model/route.ts";
import type { Endpoint, ServiceConfig, Snapshot } from "../../model/snapshot.ts";
import type { WorkloadIdentity } from "../../model/workload.ts";
import { END } from "../layer.ts";
import type { Backend, Destination, Routes, Table, TableEntry, Ways } from "../shapes.ts";
import { backend } from "./backend.ts";

const NOTHING: Snapshot = {
  version: 0,
  project: "",
  services: [],
  published: [],
  egress: { allowed: false },
  routing: NO_ROUTING,
  workloads: [],
  endpoints: [],
};

const NOWHERE: Ways = { http: END, opaque: END, isRouted: false, protocol: undefined };

export const EMPTY_TABLE: Table = {
  snapshot: NOTHING,
  byAddress: new Map(),
  byService: new Map(),
  own: { v4: undefined, v6: undefined, entries: new Map() },
  backends: new Map(),
  workloads: new Map(),
  checked: [],
  routes: {
    waysTo: () => NOWHERE,
    waysToOne: () => NOWHERE,
    gateway: () => undefined,
    retire() {},
  },
};

/** Compiles `snapshot`, carrying over from `old` what stays; marks in `old` what does not. */
export function compileTable(snapshot: Snapshot, old: Table, routes: Routes, nowMs: number): Table {
  // whoever is there in the first snapshot was there before: nobody is new then
  const sinceMs = old.snapshot.version === 0 ? Number.NEGATIVE_INFINITY : nowMs;
  const workloads = new Map(snapshot.workloads.map((workload) => [workload.key, workload]));
  const backends = new Map<string, Backend>();
  const byServiceName = new Map<string, Map<number, Backend[]>>();
  for (const endpoint of snapshot.endpoints) {
    const id = `${endpoint.workload}:${endpoint.via}:${endpoint.port}`;
    const entry = old.backends.get(id) ?? newBackend(endpoint, workloads.get(endpoint.workload)?.zone, sinceMs);
    backends.set(id, entry);
    append(byServiceName, endpoint.service, endpoint.port, entry);
  }
  for (const [id, entry] of old.backends) if (!backends.has(id)) entry.isGone = true;

  const byAddress = new Map<string, TableEntry>();
  const byService = new Map<string, TableEntry>();
  const none: ReadonlyMap<number, readonly Backend[]> = new Map();
  for (const config of snapshot.services) {
    const backends = byServiceName.get(config.name) ?? none;
    const entry = carryOver(config, undefined, backends, old.byService.get(config.name), routes);
    byService.set(config.name, entry);
    byAddress.set(config.address.v4, entry);
    byAddress.set(canonical(config.address.v6), entry);
  }
  const own: Table["own"] = { v4: undefined, v6: undefined, entries: new Map() };
  for (const [key, before] of old.own.entries) {
    const workload = workloads.get(key);
    const service = workload && byService.get(workload.service);
    if (!service) continue;
    own.entries.set(key, carryOver(service.config, workload, backendsOf(service, workload), before, routes));
  }
  for (const entry of old.byService.values()) retire(entry, byAddress.get(entry.config.address.v4));
  for (const [key, entry] of old.own.entries) retire(entry, own.entries.get(key));

  const checked = Object.entries(snapshot.routing.policies).flatMap(([name, { health }]) => {
    const entry = byService.get(name);
    return entry && health.active ? [{ entry, active: health.active }] : [];
  });
  return { snapshot, byAddress, byService, own, backends, workloads, checked, routes };
}

function newBackend({ workload, port, via }: Endpoint, zone: string | undefined, sinceMs: number): Backend {
  return backend({ type: "dial", key: workload, via, port }, workload, zone, sinceMs);
}

function append(map: Map<string, Map<number, Backend[]>>, key: string, port: number, entry: Backend) {
  let ports = map.get(key);
  if (!ports) {
    ports = new Map();
    map.set(key, ports);
  }
  const list = ports.get(port);
  if (list) list.push(entry);
  else ports.set(port, [entry]);
}

/** The entry of the new table. Destinations with somebody behind them stay the same objects; the others turn stale. */
function carryOver(
  config: ServiceConfig,
  workload: WorkloadIdentity | undefined,
  backends: TableEntry["backends"],
  before: TableEntry | undefined,
  routes: Routes,
): TableEntry {
  const destinations = new Map<number, Destination>();
  const entry: TableEntry = { config, workload, backends, destinations };
  if (!before || before.config.key !== config.key || before.workload?.key !== workload?.key) return entry;
  for (const [port, destination] of before.destinations) {
    const list = backends.get(port);
    const ways = waysOf(routes, entry, port);
    if ((!list && !ways.isRouted) || destination.protocol !== (config.protocols[port] ?? ways.protocol)) continue;
    destination.backends = list ?? [];
    destination.ways = ways;
    destinations.set(port, destination);
  }
  return entry;
}

/** Kept connections to what is not carried over must look again. */
function retire(entry: TableEntry, kept: TableEntry | undefined): void {
  for (const [port, destination] of entry.destinations) {
    if (kept?.destinations.get(port) === destination) continue;
    destination.isStale = true;
    destination.backends = [];
  }
}

/** The entry of a workload's own address. Hardly anybody calls one, so they are made when first asked for: a mesh has ten
 *  thousand of them. */
function entryAtOwn(table: Table, address: string): TableEntry | undefined {
  const workload = address.includes(":") ? ownV6(table).get(address) : ownV4(table).get(address);
  const service = workload && table.byService.get(workload.service);
  if (!service) return undefined;
  const { entries } = table.own;
  const known = entries.get(workload.key);
  if (known) return known;
  const backends = backendsOf(service, workload);
  const entry: TableEntry = { config: service.config, workload, backends, destinations: new Map() };
  entries.set(workload.key, entry);
  return entry;
}

function ownV4({ own, snapshot }: Table): ReadonlyMap<string, WorkloadIdentity> {
  own.v4 ??= new Map(snapshot.workloads.map((workload) => [workload.address.v4, workload]));
  return own.v4;
}

function ownV6({ own, snapshot }: Table): ReadonlyMap<string, WorkloadIdentity> {
  own.v6 ??= new Map(snapshot.workloads.map((workload) => [canonical(workload.address.v6), workload]));
  return own.v6;
}

function backendsOf({ backends }: TableEntry, { key }: WorkloadIdentity): TableEntry["backends"] {
  const own = [...backends].map(([port, list]) => [port, list.filter(({ workload }) => workload === key)] as const);
  return new Map(own.filter(([, list]) => list.length > 0));
}

/** The destination at a virtual address; undefined: there is no such service. */
export function destinationAt(table: Table, address: string, port: number): Destination | undefined {
  const entry = table.byAddress.get(address) ?? entryAtOwn(table, address);
  return entry && destinationOf(table, entry, port);
}

export function destinationNamed(table: Table, service: string, port: number): Destination | undefined {
  const entry = table.byService.get(service);
  return entry && destinationOf(table, entry, port);
}

function destinationOf(table: Table, entry: TableEntry, port: number): Destination {
  const known = entry.destinations.get(port);
  if (known) return known;
  const backends = entry.backends.get(port);
  const ways = waysOf(table.routes, entry, port);
  const isKept = backends !== undefined || ways.isRouted;
  const destination: Destination = {
    service: entry.config.key,
    name: entry.config.name,
    port,
    isEgress: false,
    protocol: entry.config.protocols[port] ?? ways.protocol,
    backends: backends ?? [],
    ways,
    chooser: undefined,
    // nobody there: not kept, so that a caller cannot fill the table with ports, and the next look finds who came
    isStale: !isKept,
    begins: undefined,
  };
  if (isKept) entry.destinations.set(port, destination);
  return destination;
}

function waysOf(routes: Routes, { config, workload }: TableEntry, port: number): Ways {
  return workload ? routes.waysToOne(config) : routes.waysTo(config, port);
}

/** Ports on which the service has somebody ready, for the sentence that says what to do. */
export function readyPorts(table: Table, service: string): readonly number[] {
  const ports = table.byService.get(service)?.backends.keys() ?? [];
  return [...ports].sort((a, b) => a - b);
}

/** As the kernel spells it, so that it can be compared as a string. */
export function canonical(address: string): string {
  const bytes = parseIp(address);
  return bytes ? formatIp(bytes) : address;
}
