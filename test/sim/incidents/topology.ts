// Draws a system: layers of services from entries to stores, shared dependencies, caches, calls one after the other and at
// once, work that nobody waits for, and threads and connections that fit the load it has.
import type { Draw } from "../draw.ts";
import { expect } from "./expect.ts";
import {
  type Call,
  callsOf,
  type Operation,
  type Replica,
  type Service,
  type Source,
  type Stage,
  type System,
} from "./system.ts";

export type Size = "small" | "middle" | "large";

const SIZES = {
  small: { services: [5, 12], depth: [2, 4] },
  middle: { services: [13, 50], depth: [3, 6] },
  large: { services: [51, 200], depth: [4, 8] },
} as const;
/** requests in all that one from outside may cause */
const MOST_VISITS = 60;

export function drawSystem(draw: Draw, size: Size, requests: number, seconds: number): System {
  const bounds = SIZES[size];
  const count = Math.round(draw.wide(bounds.services[0], bounds.services[1]));
  const depth = Math.min(count - 1, Math.round(draw.between(bounds.depth[0], bounds.depth[1])));
  const layers = drawLayers(draw, count, depth);
  const callees = drawCallees(draw, layers);
  const services = callees.map((those, at): Service => drawService(draw, at, layers[at] as number, depth, those));
  for (const service of services) aimCalls(draw, services, service);
  const entries = services.flatMap((_, at) => (layers[at] === 0 ? [at] : []));
  const sources = entries.flatMap((entry) =>
    (services[entry] as Service).operations.map((_, operation): Source => {
      return {
        call: fromOutside(entry, operation),
        perS: draw.wide(0.2, 1),
        wave: draw.chance(0.5) ? draw.between(0, 0.4) : 0,
      };
    }),
  );
  const system: System = { services, entries, sources: [...sources, ...drawJobs(draw, services, layers)] };
  thinOut(draw, system);
  const all = expect(system).perS.reduce((sum, perS) => sum + perS, 0);
  for (const source of system.sources) source.perS *= requests / seconds / all;
  fitCapacity(draw, system);
  return system;
}

/** Layer of each service, ascending; the last ones are few and shared: stores. */
function drawLayers(draw: Draw, count: number, depth: number): number[] {
  const entries = Math.min(1 + draw.below(3), count - depth);
  const layers: number[] = Array.from({ length: entries }, () => 0);
  for (let layer = 1; layer <= depth; layer++) layers.push(layer);
  while (layers.length < count) layers.push(1 + Math.floor(depth * draw.random.unit() ** 0.8));
  return layers.sort((a, b) => a - b);
}

/** Of each service; each but the entries has a caller. */
function drawCallees(draw: Draw, layers: readonly number[]): number[][] {
  const callees: number[][] = layers.map(() => []);
  const below = (layer: number) => layers.flatMap((other, at) => (other > layer ? [at] : []));
  const next = (layer: number) => layers.flatMap((other, at) => (other === layer + 1 ? [at] : []));
  layers.forEach((layer, at) => {
    const near = next(layer);
    const far = below(layer);
    if (far.length === 0) return;
    const wide = draw.chance(0.05) ? Math.round(draw.wide(5, 30)) : 1 + draw.below(4);
    for (let i = 0; i < wide; i++) {
      const callee = near.length > 0 && draw.chance(0.75) ? draw.pick(near) : draw.pick(far);
      if (!callees[at]?.includes(callee)) callees[at]?.push(callee);
    }
  });
  layers.forEach((layer, at) => {
    if (layer === 0 || callees.some((those) => those.includes(at))) return;
    const above = layers.flatMap((other, caller) => (other === layer - 1 ? [caller] : []));
    callees[draw.pick(above)]?.push(at);
  });
  return callees;
}

function drawService(draw: Draw, at: number, layer: number, depth: number, callees: readonly number[]): Service {
  const kinds = layer === 0 ? 1 + draw.below(3) : draw.chance(0.4) ? 2 : 1;
  const isStore = callees.length === 0 && layer === depth;
  const replicas = isStore ? 1 : 1 + draw.below(4);
  return {
    name: `s${at}`,
    operations: Array.from({ length: kinds }, (_, kind) => drawOperation(draw, callees, kind)),
    replicas: Array.from({ length: replicas }, (): Replica => {
      return {
        slots: 1,
        queue: Math.round(draw.wide(50, 2_000)),
        slowdown: 1,
        failing: 0,
        connections: Number.POSITIVE_INFINITY,
      };
    }),
    slowdown: 1,
    extraMs: 0,
    failing: draw.chance(0.3) ? draw.wide(0.0002, 0.005) : 0,
    style: draw.chance(0.6) ? "thread" : "loop",
  };
}

function drawOperation(draw: Draw, callees: readonly number[], kind: number): Operation {
  const own = {
    ...{ meanMs: draw.wide(0.5, 20), shape: 1 + draw.below(6) },
    ...{ tailChance: draw.chance(0.3) ? 0.01 : 0, tailFactor: draw.between(5, 20) },
  };
  // the first kind asks all of them, so that each is asked by somebody
  const asked = kind === 0 ? callees : callees.filter(() => draw.chance(0.5));
  const stages: Stage[] = [];
  const later: Call[] = [];
  let stage: Call[] = [];
  for (const to of asked) {
    const call = drawCall(draw, to);
    if (draw.chance(0.08)) {
      later.push(call);
      continue;
    }
    stage.push(call);
    if (draw.chance(0.6)) {
      stages.push(stage);
      stage = [];
    }
  }
  if (stage.length > 0) stages.push(stage);
  return { own, stages, later };
}

function drawCall(draw: Draw, to: number): Call {
  return {
    ...{ to, operation: 0, chance: draw.chance(0.3) ? draw.between(0.1, 0.9) : 1, times: draw.chance(0.1) ? 2 : 1 },
    ...{ timeoutMs: Number.POSITIVE_INFINITY, tries: draw.chance(0.3) ? 2 : 1, isOptional: draw.chance(0.15) },
    networkMs: draw.wide(0.1, 1),
  };
}

/** Which operation of its callee each call wants. */
function aimCalls(draw: Draw, services: readonly Service[], service: Service): void {
  for (const call of callsOf(service)) {
    Object.assign(call, { operation: draw.below(services[call.to]?.operations.length ?? 1) });
  }
}

/** Callers from outside of the entries' trees: jobs, other products. */
function drawJobs(draw: Draw, services: readonly Service[], layers: readonly number[]): Source[] {
  const inner = services.flatMap((_, at) => ((layers[at] as number) > 0 ? [at] : []));
  const jobs = draw.chance(0.5) ? 1 + draw.below(3) : 0;
  return Array.from({ length: jobs }, () => {
    const to = draw.pick(inner);
    return { call: fromOutside(to, 0), perS: draw.wide(0.1, 1), wave: 0 };
  });
}

function fromOutside(to: number, operation: number): Call {
  return {
    ...{ to, operation, chance: 1, times: 1, timeoutMs: Number.POSITIVE_INFINITY, tries: 1 },
    ...{ isOptional: false, networkMs: 0 },
  };
}

/** A request that causes thousands is no request: calls become rarer until it does not. */
function thinOut(draw: Draw, { services, sources }: System): void {
  for (let round = 0; round < 100; round++) {
    const { visits } = expect({ services, sources, entries: [] });
    const most = Math.max(
      ...sources.map(({ call }) => visits(call.to, call.operation).reduce((sum, count) => sum + count, 0)),
    );
    if (most <= MOST_VISITS) return;
    for (const service of services) {
      for (const call of callsOf(service)) if (draw.chance(0.3)) call.chance *= 0.75;
    }
  }
}

/** As many threads and connections as the load needs, and some more. */
function fitCapacity(draw: Draw, system: System): void {
  const { perS, latencyMs } = expect(system);
  system.services.forEach((service, at) => {
    const each = (perS[at] as number) / service.replicas.length / 1000;
    const mean = (of: (operation: number) => number) =>
      service.operations.reduce((sum, _, operation) => sum + of(operation), 0) / service.operations.length;
    const heldMs = mean((operation) =>
      service.style === "thread" ? latencyMs(at, operation) : (service.operations[operation]?.own.meanMs ?? 0),
    );
    const used = draw.between(0.1, 0.5);
    const isBounded = draw.chance(0.4);
    const slots = Math.max(2, Math.ceil((each * heldMs) / used));
    const slowest = Math.max(0, ...callsOf(service).map((call) => latencyMs(call.to, call.operation) + call.networkMs));
    const connections = Math.max(2, Math.ceil((each * slowest) / draw.between(0.1, 0.5)));
    for (const replica of service.replicas) {
      replica.slots = slots;
      if (isBounded) replica.connections = connections;
    }
    for (const call of callsOf(service)) {
      const usualMs = latencyMs(call.to, call.operation) + call.networkMs;
      if (draw.chance(0.6)) call.timeoutMs = Math.max(100, usualMs * draw.wide(8, 60));
    }
  });
}
