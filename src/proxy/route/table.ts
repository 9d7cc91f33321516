// The snapshot as the data plane reads it: virtual address → service → port → destination. Built once per swap; who serves a
// service is read when it is first called. Backends and destinations that stay keep their identity, and with it their pools
// and what was learned about them.
import { formatIp, parseIp } from "../../base/ip.ts";
import { NO_ROUTING } from "../../model/route.ts";
import { type Members, membersOf, type PackedSnapshot, type ServiceConfig, unpack } from "../../model/snapshot.ts";
import type { WorkloadIdentity } from "../../model/workload.ts";
import { END } from "../layer.ts";
import type { Backend, Destination, Routes, Servers, Table, TableEntry, Ways } from "../shapes.ts";
import { backend } from "./backend.ts";

const NOTHING: PackedSnapshot = {
  version: 0,
  project: "",
  services: [],
  published: [],
  egress: { allowed: false },
  routing: NO_ROUTING,
  members: {},
};

const NOWHERE: Ways = { http: END, opaque: END, isRouted: false, protocol: undefined };

export const EMPTY_TABLE: Table = {
  snapshot: NOTHING,
  byAddress: new Map(),
  byService: new Map(),
  own: { byAddress: undefined, entries: new Map() },
  checked: [],
  routes: {
    waysTo: () => NOWHERE,
    waysToOne: () => NOWHERE,
    gateway: () => undefined,
    retire() {},
  },
};

/** Compiles `snapshot`, carrying over from `old` what stays; marks in `old` what does not. */
export function compileTable(snapshot: PackedSnapshot, old: Table, routes: Routes, nowMs: number): Table {
  const byAddress = new Map<string, TableEntry>();
  const byService = new Map<string, TableEntry>();
  for (const config of snapshot.services) {
    const before = old.byService.get(config.name);
    const entry = carryOver(config, undefined, serversNow(snapshot, old, before, config.name, nowMs), before, routes);
    byService.set(config.name, entry);
    byAddress.set(config.address.v4, entry);
    byAddress.set(canonical(config.address.v6), entry);
  }
  for (const [name, { servers }] of old.byService) if (!byService.has(name)) leave(servers, undefined);
  const table: Table = {
    snapshot,
    byAddress,
    byService,
    own: { byAddress: undefined, entries: new Map() },
    checked: [],
    routes,
  };

  for (const [key, before] of old.own.entries) {
    const service = before.workload && byService.get(before.workload.service);
    const workload = service && serversOf(table, service).workloads.find((one) => one.key === key);
    if (!workload) continue;
    table.own.entries.set(
      key,
      carryOver(service.config, workload, serversAlone(table, service, workload), before, routes),
    );
  }
  for (const entry of old.byService.values()) retire(entry, byAddress.get(entry.config.address.v4));
  for (const [key, entry] of old.own.entries) retire(entry, table.own.entries.get(key));

  const checked = Object.entries(snapshot.routing.policies).flatMap(([name, { health }]) => {
    const entry = byService.get(name);
    return entry && health.active ? [{ entry, active: health.active }] : [];
  });
  return { ...table, checked };
}

/** Who serves the service in `snapshot`, if somebody wanted to know before; undefined: nobody did. */
function serversNow(
  snapshot: PackedSnapshot,
  old: Table,
  before: TableEntry | undefined,
  service: string,
  nowMs: number,
): Servers | undefined {
  if (!before?.servers) return undefined;
  if (snapshot.members[service] === old.snapshot.members[service]) return before.servers;
  const next = servers(membersOf(snapshot, service), before.servers, nowMs);
  leave(before.servers, next);
  return next;
}

/** @param sinceMs for those who are new; −Infinity: they were there before we were */
function servers({ workloads, endpoints }: Members, before: Servers | undefined, sinceMs: number): Servers {
  const zones = new Map(workloads.map(({ key, zone }) => [key, zone]));
  const backends = new Map<string, Backend>();
  const byPort = new Map<number, Backend[]>();
  for (const { workload, port, via } of endpoints) {
    const id = `${workload}:${via}:${port}`;
    const entry =
      before?.backends.get(id) ??
      backend({ type: "dial", key: workload, via, port }, workload, zones.get(workload), sinceMs);
    backends.set(id, entry);
    const list = byPort.get(port);
    if (list) list.push(entry);
    else byPort.set(port, [entry]);
  }
  return { workloads, backends, byPort };
}

function leave(before: Servers | undefined, next: Servers | undefined): void {
  for (const [id, entry] of before?.backends ?? []) if (!next?.backends.has(id)) entry.isGone = true;
}

/** Who serves it, read now if nobody has asked before. */
export function serversOf({ snapshot }: Pick<Table, "snapshot">, entry: TableEntry): Servers {
  entry.servers ??= servers(membersOf(snapshot, entry.config.name), undefined, Number.NEGATIVE_INFINITY);
  return entry.servers;
}

function serversAlone(table: Table, service: TableEntry, workload: WorkloadIdentity): Servers {
  const { byPort } = serversOf(table, service);
  const own = [...byPort].map(
    ([port, list]) => [port, list.filter(({ workload: key }) => key === workload.key)] as const,
  );
  return { workloads: [workload], backends: new Map(), byPort: new Map(own.filter(([, list]) => list.length > 0)) };
}

/** Of all services that this worker has looked at. */
export function* knownBackends({ byService }: Table): Generator<Backend> {
  for (const { servers } of byService.values()) if (servers) yield* servers.backends.values();
}

/** The entry of the new table. Destinations with somebody behind them stay the same objects; the others turn stale. */
function carryOver(
  config: ServiceConfig,
  workload: WorkloadIdentity | undefined,
  servers: Servers | undefined,
  before: TableEntry | undefined,
  routes: Routes,
): TableEntry {
  const destinations = new Map<number, Destination>();
  const entry: TableEntry = { config, workload, servers, destinations };
  if (!before || before.config.key !== config.key || before.workload?.key !== workload?.key) return entry;
  for (const [port, destination] of before.destinations) {
    const list = servers?.byPort.get(port);
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

/** The entry of a workload's own address. Hardly anybody calls one, so what is needed is made when the first one does. */
function entryAtOwn(table: Table, address: string): TableEntry | undefined {
  const { own } = table;
  own.byAddress ??= addressesOf(table);
  const workload = own.byAddress.get(address);
  const service = workload && table.byService.get(workload.service);
  if (!service) return undefined;
  const known = own.entries.get(workload.key);
  if (known) return known;
  const servers = serversAlone(table, service, workload);
  const entry: TableEntry = { config: service.config, workload, servers, destinations: new Map() };
  own.entries.set(workload.key, entry);
  return entry;
}

function addressesOf({ snapshot }: Table): ReadonlyMap<string, WorkloadIdentity> {
  const { workloads } = unpack(snapshot);
  return new Map(
    workloads.flatMap((workload): [string, WorkloadIdentity][] => [
      [workload.address.v4, workload],
      [canonical(workload.address.v6), workload],
    ]),
  );
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
  const backends = serversOf(table, entry).byPort.get(port);
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
  const entry = table.byService.get(service);
  return entry ? [...serversOf(table, entry).byPort.keys()].sort((a, b) => a - b) : [];
}

/** As the kernel spells it, so that it can be compared as a string. */
export function canonical(address: string): string {
  const bytes = parseIp(address);
  return bytes ? formatIp(bytes) : address;
}
