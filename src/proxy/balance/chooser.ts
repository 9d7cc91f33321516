// Which of a destination's endpoints may be used now, and which of those gets a request. What may be used is worked out
// anew only when something about it changed: the endpoints, a verdict of any worker, or the end of an ejection.

import { UNHEALTHY } from "../../model/page/verdict.ts";
import type { TrafficPolicy } from "../../model/traffic-policy.ts";
import { callerOf } from "../listen/downstream.ts";
import { slotOf } from "../policy/service.ts";
import type { Ask, Backend, Chooser, Core, Destination, Exchange } from "../shapes.ts";
import { hostMs } from "../time.ts";
import { hashOf, hashValue } from "./hash.ts";
import { picker } from "./picker.ts";

/** a probe that never ends must not keep an endpoint out for good */
const PROBE_MS = 30_000;

export function chooserOf(destination: Destination, policy: Chooser["policy"]): Chooser {
  const { chooser } = destination;
  if (chooser?.policy === policy) return chooser;
  const { loadBalancing } = policy;
  if (chooser && isSame(chooser.policy.loadBalancing, loadBalancing)) {
    chooser.policy = policy;
    chooser.untilMs = 0;
    return chooser;
  }
  const made: Chooser = {
    policy,
    pick: picker(loadBalancing),
    from: [],
    changes: -1,
    untilMs: 0,
    usable: [],
    returning: [],
    zones: new Map(),
  };
  destination.chooser = made;
  return made;
}

function isSame(a: TrafficPolicy["loadBalancing"], b: TrafficPolicy["loadBalancing"]): boolean {
  return a.type === b.type && a.slowStartMs === b.slowStartMs;
}

/** undefined: none may be used. */
export function choose(
  core: Core,
  chooser: Chooser,
  destination: Destination,
  x: Exchange,
  ask: Ask,
): Backend | undefined {
  const isFresh = chooser.from === destination.backends && core.nowMs < chooser.untilMs;
  if (!isFresh || chooser.changes !== core.deps.page.changes()) workOut(core, chooser, destination);
  const { usable } = chooser;
  ask.nowMs = core.nowMs;
  ask.avoid = x.tried;
  ask.first = undefined;
  ask.second = undefined;
  const { pinned } = x;
  if (pinned && x.tried.length === 0 && usable.includes(pinned)) return pinned;
  if (chooser.returning.length > 0) {
    const probed = probe(core, chooser, x);
    if (probed) return probed;
  }
  if (usable.length === 0) return undefined;
  const { loadBalancing } = chooser.policy;
  if (loadBalancing.hashOn) {
    const value = hashValue(loadBalancing.hashOn, x);
    ask.hash = value === undefined ? core.deps.random.u32() : hashOf(value);
  } else if (loadBalancing.type === "ring-hash" || loadBalancing.type === "maglev") {
    ask.hash = core.deps.random.u32();
  }
  if (loadBalancing.zonePreference === 0) return chooser.pick(usable, ask);
  return chooser.pick(inZone(core, chooser, x), ask);
}

/** Might as well have been chosen: it may be used now, and nothing ties the exchange to another one. */
export function isAsGood(core: Core, { destination, session, tried }: Exchange, backend: Backend): boolean {
  const { chooser } = destination ?? {};
  if (!chooser || chooser.policy.loadBalancing.hashOn || session || tried.includes(backend)) return false;
  const isFresh = chooser.from === destination?.backends && chooser.changes === core.deps.page.changes();
  return isFresh && chooser.usable.includes(backend);
}

function probe(core: Core, chooser: Chooser, x: Exchange): Backend | undefined {
  const { verdicts } = core.deps.page;
  for (const backend of chooser.returning) {
    if (x.tried.includes(backend) || !verdicts.probe(slotOf(core, backend), hostMs(core), PROBE_MS)) continue;
    x.isProbe = true;
    return backend;
  }
  return undefined;
}

function workOut(core: Core, chooser: Chooser, { backends }: Destination): void {
  const { page } = core.deps;
  const now = hostMs(core);
  chooser.changes = page.changes();
  chooser.untilMs = Number.POSITIVE_INFINITY;
  const usable: Backend[] = [];
  const returning: Backend[] = [];
  for (const backend of backends) {
    const slot = slotOf(core, backend);
    if (slot < 0) {
      usable.push(backend);
      continue;
    }
    if (page.verdicts.health(slot) === UNHEALTHY) continue;
    if (!page.verdicts.isEjected(slot)) {
      usable.push(backend);
      continue;
    }
    const leftMs = page.verdicts.ejectedFor(slot, now);
    if (leftMs <= 0) returning.push(backend);
    else chooser.untilMs = Math.min(chooser.untilMs, core.nowMs + leftMs);
  }
  // so few are left that they could not bear it, or that it is more likely we who are wrong
  const isPanic = usable.length < chooser.policy.health.panicThreshold * backends.length;
  const next = isPanic || usable.length === backends.length ? backends : usable;
  if (chooser.policy.loadBalancing.slowStartMs > 0) warmUp(core, chooser, next);
  chooser.from = backends;
  chooser.usable = next;
  chooser.returning = isPanic ? [] : returning;
  chooser.zones.clear();
}

/** Who comes back after an ejection or an illness is as cold as a newcomer. */
function warmUp(core: Core, chooser: Chooser, next: readonly Backend[]): void {
  if (chooser.from.length === 0) return;
  for (const backend of next) {
    if (chooser.from.includes(backend) && !chooser.usable.includes(backend)) backend.load.sinceMs = core.nowMs;
  }
}

/**
 * The caller's zone first. It keeps all of its requests as long as the wanted share of its endpoints can be used; with
 * fewer, so much less, and the rest goes to the other zones: what is left must not take what all of them took.
 */
function inZone(core: Core, chooser: Chooser, x: Exchange): readonly Backend[] {
  const name = callerOf(x.downstream)?.zone;
  if (name === undefined) return chooser.usable;
  let zone = chooser.zones.get(name);
  if (!zone) {
    const near = chooser.usable.filter((backend) => backend.zone === name);
    const far = chooser.usable.filter((backend) => backend.zone !== name);
    const all = chooser.from.filter((backend) => backend.zone === name).length;
    const share = all === 0 ? 0 : near.length / all / chooser.policy.loadBalancing.zonePreference;
    zone = { near, far, share };
    chooser.zones.set(name, zone);
  }
  if (zone.far.length === 0 || (zone.near.length > 0 && zone.share >= 1)) return zone.near;
  if (zone.near.length === 0) return zone.far;
  return core.deps.random.unit() < zone.share ? zone.near : zone.far;
}
