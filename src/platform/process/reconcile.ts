// What to do next, so that what runs becomes what is wanted: a function of both, asked again after every change. Only what
// differs is touched, and a replica that serves goes when its successor serves.
import type { ServiceSpec } from "../../model/project.ts";
import type { Actual } from "./actual.ts";
import { blockerOf } from "./dependencies.ts";

export type Action =
  | { readonly type: "create"; readonly id: string; readonly spec: ServiceSpec }
  | { readonly type: "start"; readonly key: number }
  | { readonly type: "wait"; readonly key: number; readonly reason: string }
  | { readonly type: "stop"; readonly key: number };

export function reconcile(desired: readonly ServiceSpec[], actual: readonly Actual[]): Action[] {
  return [
    ...desired.flatMap((spec) => replicas(spec, actual)),
    ...removals(desired, actual),
    ...starts(desired, actual),
  ];
}

function replicas(spec: ServiceSpec, actual: readonly Actual[]): Action[] {
  const all = actual.filter(({ service }) => service === spec.name);
  const live = all.filter(({ state }) => state !== "stopping");
  const fresh = live.filter(({ revision }) => revision === spec.revision);
  const old = live.filter(({ revision }) => revision !== spec.revision);
  const serving = old.filter(({ state }) => state === "running");
  const ready = fresh.filter(isDone);

  const surplusFresh = newestFirst(fresh).slice(0, Math.max(0, fresh.length - spec.replicas));
  const surplusOld = Math.max(0, serving.length + ready.length - spec.replicas);
  const stops = [
    ...surplusFresh,
    ...old.filter(({ state }) => state !== "running"),
    ...newestFirst(serving).slice(0, surplusOld),
  ];

  const missing = Math.max(0, spec.replicas - fresh.length);
  // places that nobody holds are filled at once; those that old ones hold, one after the other
  const vacant = spec.replicas - fresh.length - serving.length;
  const isRolling = fresh.length > ready.length;
  const count = Math.min(missing, Math.max(vacant, isRolling ? 0 : 1, 0));
  return [
    ...freeIds(spec.name, all, count).map((id) => ({ type: "create", id, spec }) as const),
    ...stops.map(({ key }) => ({ type: "stop", key }) as const),
  ];
}

/** Services that are wanted no more, those that others depend on after those others. */
function removals(desired: readonly ServiceSpec[], actual: readonly Actual[]): Action[] {
  const isWanted = (name: string) => desired.some((spec) => spec.name === name);
  const revisions = new Map(desired.map(({ name, revision }) => [name, revision]));
  // a workload of the wanted revision depends on what its service depends on now
  const leaving = actual.filter(({ service, revision }) => revisions.get(service) !== revision);
  const isUsed = (service: string) =>
    leaving.some((one) => one.service !== service && one.spec.dependsOn.some((on) => on.service === service));
  return actual
    .filter(({ service, state }) => state !== "stopping" && !isWanted(service) && !isUsed(service))
    .map(({ key }) => ({ type: "stop", key }));
}

function starts(desired: readonly ServiceSpec[], actual: readonly Actual[]): Action[] {
  return actual
    .filter(({ state, service }) => state === "waiting" && desired.some(({ name }) => name === service))
    .map(({ key, spec }) => {
      const blocker = blockerOf(spec, desired, actual);
      return blocker ? { type: "wait", key, reason: blocker.reason } : { type: "start", key };
    });
}

/** It needs no further waiting for: it serves, or it was a task and is complete. */
function isDone(one: Actual): boolean {
  return one.isReady || (one.state === "exited" && one.exitCode === 0);
}

function newestFirst(ones: readonly Actual[]): Actual[] {
  return [...ones].sort((a, b) => b.key - a.key);
}

/** `<service>-<ordinal>`, the lowest that no live workload has */
function freeIds(service: string, live: readonly Actual[], count: number): string[] {
  const taken = new Set(live.map(({ id }) => id));
  const ids: string[] = [];
  for (let ordinal = 1; ids.length < count; ordinal++) {
    const id = `${service}-${ordinal}`;
    if (!taken.has(id)) ids.push(id);
  }
  return ids;
}
