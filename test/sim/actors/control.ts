// Control, runner and supervisor, as far as the data plane feels them: who is there, which snapshot each worker gets and
// when, in which order a workload is replaced, and what becomes of a worker that dies.
import { drained } from "../../../src/agent/supervisor/drain.ts";
import { serviceAddress, workloadAddress } from "../../../src/model/address.ts";
import { connectionCounters, countersSize } from "../../../src/model/counters.ts";
import { HELD } from "../../../src/model/page/held.ts";
import { trafficPage, trafficPageSize } from "../../../src/model/page/page.ts";
import { NO_ROUTING, type Routing } from "../../../src/model/route.ts";
import type { PublishedListener, ServiceConfig, Snapshot } from "../../../src/model/snapshot.ts";
import { ringSize } from "../../../src/model/span-ring.ts";

import type { TrafficPolicy } from "../../../src/model/traffic-policy.ts";
import type { WorkloadIdentity } from "../../../src/model/workload.ts";
import { LIMITS } from "../../../src/proxy/limits.ts";
import type { Draw } from "../draw.ts";
import { drawRoutes, SHADOW } from "../routes.ts";
import { drawBalancing } from "../weather.ts";
import type { World } from "../world.ts";
import type { Target } from "./client.ts";
import { type Server, server } from "./server.ts";
import { RING_ROWS, type Worker, worker } from "./worker.ts";

/** the proxy's limit, how late it may look, and the longest stall of a worker */
const MOST_CONNECTING_MS = LIMITS.connectMs + 2 * LIMITS.sweepMs + 2_500;

export type Control = {
  /** brings up services and workers; the first snapshot is in force when it is done */
  start(done: () => void): void;
  /** changes stop; what is there stays */
  quiet(): void;
  /** where a caller connects to: a service by its virtual address, or the published port */
  targetFor(caller: number): (draw: Draw) => Target | undefined;
  readonly workers: readonly Worker[];
  /** open connections to each workload, by the shared page */
  counted(): number;
  collect(): void;
  /** what the page of limits says is held, over all workers */
  held(): string;
  readonly ejections: readonly Ejection[];
  /** what each worker took, oldest first */
  readonly swaps: readonly Swap[];
  serviceOf(workload: number): string;
  /** when a worker was told that a workload is not there any more; −1: it is */
  goneSince(worker: string, key: number): number;
};

export type Swap = { readonly worker: string; readonly atMs: number; readonly snapshot: Snapshot };
export type Ejection = { readonly worker: string; readonly key: number; readonly atMs: number };

const PORT = 8080;
const FIRST_CALLER = 1000;
/** rows of the shared page, and rings: more than ever run at a time */
const ROWS = 8;

type Workload = { readonly server: Server; readonly identity: WorkloadIdentity; isReady: boolean; isDraining: boolean };

/** kept from run to run: making them costs more than a run */
const rings = Array.from({ length: ROWS }, () => new Uint8Array(ringSize(RING_ROWS)));
const page = new Uint8Array(countersSize(ROWS));
const shared = new Uint8Array(trafficPageSize(ROWS));

export function control(world: World): Control {
  const { clock, weather } = world;
  const draw = world.draw.fork("control");
  const counters = connectionCounters(page, ROWS);
  page.fill(0);
  shared.fill(0);
  const pageOf = (index: number) => trafficPage(shared, ROWS, index, world.seed);
  for (const ring of rings) ring.fill(0, 0, 64);

  /** Where the first line comes in crumbs after a silence, it is taken for another protocol: then it must be declared. */
  const isDeclared = () => weather.client.crumbled > 0 || weather.near.splits > 0 || draw.chance(0.5);

  const services: ServiceConfig[] = Array.from({ length: weather.services + (weather.hasRoutes ? 1 : 0) }, (_, i) => ({
    key: i + 1,
    name: i === weather.services ? SHADOW : `s${i + 1}`,
    namespace: "sim",
    address: serviceAddress(i + 1),
    protocols: isDeclared() ? { [PORT]: "http" } : {},
  }));
  const published: PublishedListener[] = services.map(({ name }, i) => ({
    id: i + 1,
    hostAddress: "127.0.0.1",
    hostPort: 80 + i,
    service: name,
    targetPort: PORT,
    ...(isDeclared() ? { protocol: "http" as const } : {}),
  }));
  const callers = Array.from({ length: weather.clients }, (_, i) => identity(FIRST_CALLER + i, "caller"));
  const workloads = new Map<number, Workload>();
  const gone = new Map<string, number>();
  /** the service of every workload there ever was */
  const served = new Map<number, string>();
  const ejections: Ejection[] = [];
  const swaps: Swap[] = [];
  const all: Worker[] = [];
  let current: Snapshot | undefined;
  let ready = new Set<string>();
  let nextKey = 1;
  let version = 0;
  let nextIndex = 0;
  let isQuiet = false;

  let routing = routingOf(weather.policy);

  function routingOf(policy: TrafficPolicy): Routing {
    const names = services.map(({ name }) => name);
    const http = weather.hasRoutes ? drawRoutes(draw, names.slice(0, weather.services), PORT, weather.isCalm) : [];
    return { ...NO_ROUTING, http, policies: Object.fromEntries(names.map((name) => [name, policy])) };
  }

  function identity(key: number, service: string): WorkloadIdentity {
    return {
      key,
      id: `${service}-${key}`,
      service,
      version: "1",
      identity: `spiffe://meshwise.local/ns/sim/sa/${service}`,
      address: workloadAddress(key),
      declaredPorts: [],
    };
  }

  function snapshot(): Snapshot {
    const routable = [...workloads.values()].filter(({ isReady, isDraining }) => isReady && !isDraining);
    return {
      version: ++version,
      project: "sim",
      services,
      published,
      egress: { allowed: false },
      routing,
      workloads: [...callers, ...[...workloads.values()].map((it) => it.identity)],
      endpoints: routable.map(({ server: it }) => ({ workload: it.key, service: it.service, port: PORT, via: "own" })),
    };
  }

  /** As publisher.ts: what is gone leaves the ready sets before the workers learn of it, what has come enters afterwards. */
  function publish(): void {
    const next = snapshot();
    const names = new Set(next.endpoints.map(({ service }) => service));
    ready = new Set([...ready].filter((name) => names.has(name)));
    current = next;
    world.say("control", () => `snapshot ${next.version}: ${next.endpoints.map((it) => it.workload).join(" ")}`);
    for (const one of live()) one.swap(next);
    clock.after(draw.between(0, 5), () => {
      ready = names;
    });
  }

  /** workers that are to be replaced, or are being so */
  const leaving = new Set<Worker>();
  /** rows of workers that will be back in a moment */
  const reserved = new Set<number>();
  const live = () => all.filter((one) => one.isAlive());

  function addWorkload(service: string, then: () => void): void {
    const key = nextKey++;
    const one = server(world, { key, service, port: PORT });
    served.set(key, service);
    clock.after(draw.between(5, 200), () => {
      one.start();
      clock.after(draw.between(0, 50), () => {
        workloads.set(key, { server: one, identity: identity(key, service), isReady: true, isDraining: false });
        publish();
        then();
      });
    });
  }

  function addWorker(index: number): Worker {
    const one = worker({
      world,
      index,
      generation: nextIndex++,
      counters,
      page: pageOf(index),
      ring: rings[index] as Uint8Array,
      ejected: (name, key) => ejections.push({ worker: name, key, atMs: clock.monotonicMs() }),
      refused: notice,
      dialled() {},
      swapped(name, taken) {
        swaps.push({ worker: name, atMs: clock.monotonicMs(), snapshot: taken });
        const here = new Set(taken.endpoints.map(({ workload }) => workload));
        for (const key of workloads.keys()) {
          if (here.has(key)) gone.delete(`${name} ${key}`);
          else if (!gone.has(`${name} ${key}`)) gone.set(`${name} ${key}`, clock.monotonicMs());
        }
      },
    });
    all.push(one);
    if (current) one.swap(current);
    for (const listener of published) one.listen(`published ${listener.id}`, { kind: "published", listener });
    for (const caller of callers) one.listen(`capture ${caller.key}`, { kind: "outbound", caller });
    return one;
  }

  /** Somebody found that nobody listens there: looked at anew at once. */
  function notice(key: number): void {
    const workload = workloads.get(key);
    if (!workload?.isReady || workload.server.isUp()) return;
    clock.after(draw.between(0.1, 20), () => {
      if (!workload.isReady || workload.server.isUp()) return;
      workload.isReady = false;
      publish();
    });
  }

  /** The user changes something: how it is balanced, or nothing that matters. */
  function touch(): void {
    if (draw.chance(0.3)) routing = routingOf({ ...weather.policy, loadBalancing: drawBalancing(draw) });
    publish();
  }

  function roll(): void {
    const [key, old] = draw.pick([...workloads].filter(([, it]) => !it.isDraining)) ?? [];
    if (key === undefined || !old) return;
    world.say("control", () => `replaces ${old.identity.id}`);
    addWorkload(old.identity.service, () => {
      clock.after(draw.between(0, 300), () => remove(key, old));
    });
  }

  /** As the supervisor does it: out of the snapshot, then until nothing is carried to it, then SIGTERM. */
  function remove(key: number, workload: Workload): void {
    workload.isDraining = true;
    publish();
    const version = current?.version ?? 0;
    const told = live();
    const isKnown = () => told.every((one) => one.has(version));
    void drained(clock, () => counters.total(key), isKnown).then(() => {
      nothingRests(workload, told);
      workload.server.stop();
      clock.after(draw.between(0, 100), () => {
        workload.server.crash();
        workloads.delete(key);
      });
    });
  }

  /** Who knows that it is gone keeps no connection to it for later. */
  function nothingRests({ identity: { id } }: Workload, told: readonly Worker[]): void {
    for (const one of told) {
      if (!one.isAlive() || !one.has(current?.version ?? 0)) continue;
      const isOurs = one.proxy
        .connections()
        .some(
          ({ side, state, destination }) => side === "upstream" && state === "idle" && destination.startsWith(`${id}:`),
        );
      if (isOurs) world.history.violate("drained endpoints rest", `${one.name} keeps a connection to ${id}`);
    }
  }

  function crash(): void {
    const candidates = [...workloads.values()].filter((it) => it.server.isUp() && !it.isDraining);
    if (candidates.length === 0) return;
    const workload = draw.pick(candidates);
    workload.server.crash();
    clock.after(draw.wide(1, 500), () => {
      if (workload.isDraining) return;
      workload.isReady = false;
      publish();
    });
    clock.after(draw.wide(100, 3_000), () => {
      if (workload.isDraining || workload.server.isUp()) return;
      workload.server.start();
      workload.isReady = true;
      publish();
    });
  }

  function vanishOne(): void {
    const candidates = [...workloads.entries()].filter(([, it]) => it.server.isUp() && !it.isDraining);
    if (candidates.length === 0) return;
    const [key, workload] = draw.pick(candidates);
    workload.server.vanish();
    clock.after(draw.wide(100, 20_000), () => {
      workload.isDraining = true;
      publish();
      workloads.delete(key);
      if (!isQuiet) addWorkload(workload.identity.service, () => {});
    });
  }

  function replaceWorker(): void {
    const candidates = live().filter((one) => !leaving.has(one));
    const free = Array.from({ length: ROWS }, (_, i) => i).find(isFree);
    if (candidates.length === 0 || free === undefined) return;
    const old = draw.pick(candidates);
    leaving.add(old);
    addWorker(free);
    clock.after(draw.between(25, 200), () => {
      if (!old.isAlive()) return;
      old.drain(weather.isCalm ? 120_000 : draw.wide(1, 20_000));
      waitUntil(
        () => old.isDrained() || !old.isAlive(),
        () => {
          if (!old.isAlive()) return;
          old.collect();
          old.kill();
          counters.clear(old.index);
          pageOf(ROWS - 1).giveBack(old.index);
        },
      );
    });
  }

  const isFree = (index: number) => !reserved.has(index) && live().every((it) => it.index !== index);

  function killWorker(): void {
    const candidates = live();
    if (candidates.length === 0) return;
    const old = draw.pick(candidates);
    old.kill();
    old.collect();
    reserved.add(old.index);
    clock.after(draw.wide(1, 300), () => {
      reserved.delete(old.index);
      counters.clear(old.index);
      pageOf(ROWS - 1).giveBack(old.index);
      // its replacement is there already
      if (!leaving.has(old)) addWorker(old.index);
    });
  }

  function waitUntil(is: () => boolean, then: () => void): void {
    if (is()) then();
    else clock.after(5, () => waitUntil(is, then));
  }

  function nowAndThen(meanMs: number, run: () => void): void {
    if (meanMs === 0) return;
    clock.after(-meanMs * Math.log(1 - draw.random.unit()), () => {
      if (isQuiet) return;
      run();
      nowAndThen(meanMs, run);
    });
  }

  function collect(): void {
    for (const one of all) {
      if (!one.isAlive()) continue;
      one.collect();
      const late = one.proxy
        .connections()
        .find(({ state, ageMs }) => state === "connecting" && ageMs > MOST_CONNECTING_MS);
      if (late)
        world.history.violate(
          "deadlines hold",
          `${one.name} has been connecting to ${late.destination} for ${late.ageMs} ms`,
        );
    }
  }

  return {
    get workers() {
      return all;
    },
    start(done) {
      let missing = services.length * weather.replicas;
      for (const { name } of services) {
        for (let i = 0; i < weather.replicas; i++) addWorkload(name, () => missing--);
      }
      for (let i = 0; i < weather.workers; i++) addWorker(i);
      waitUntil(
        () => missing === 0,
        () => {
          clock.after(100, () => {
            nowAndThen(weather.rollEveryMs, roll);
            nowAndThen(weather.crashEveryMs, crash);
            nowAndThen(weather.vanishEveryMs, vanishOne);
            nowAndThen(weather.touchEveryMs, touch);
            nowAndThen(weather.replaceWorkerEveryMs, replaceWorker);
            nowAndThen(weather.killWorkerEveryMs, killWorker);
            nowAndThen(weather.stallEveryMs, () => draw.pick(all).loop.stall(draw.wide(0.1, weather.stallMs)));
            done();
          });
        },
      );
      const fetch = () => {
        collect();
        clock.after(1_000, fetch);
      };
      fetch();
    },
    quiet() {
      isQuiet = true;
    },
    targetFor(caller) {
      return (by) => {
        const place = by.below(weather.services);
        const service = services[place] as ServiceConfig;
        if (caller % 2 === 1)
          return { service: service.name, place: `published ${place + 1}`, address: "127.0.0.1", port: 80 + place };
        if (!ready.has(service.name)) return undefined;
        return {
          service: service.name,
          place: `capture ${FIRST_CALLER + caller}`,
          address: service.address.v4,
          port: PORT,
        };
      };
    },
    counted: () => [...workloads.keys()].reduce((sum, key) => sum + counters.total(key), 0),
    collect,
    ejections,
    swaps,
    serviceOf: (key) => served.get(key) ?? "",
    held() {
      const { services: slots, held } = pageOf(0);
      const found: string[] = [];
      for (let slot = 0; slot < slots.words.length / slots.wordsEach; slot++) {
        for (const [what, place] of Object.entries(HELD)) {
          const total = held.total(slot, place);
          if (total !== 0) found.push(`${total} ${what}`);
        }
      }
      return found.join(", ");
    },
    goneSince: (name, key) => gone.get(`${name} ${key}`) ?? -1,
  };
}
