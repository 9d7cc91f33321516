// Has everything come to rest? For `up`, which waits for that and then says what failed.
import type { ServiceSpec } from "../../model/project.ts";
import type { Actual } from "./actual.ts";
import { isBlockedForGood, isStuck } from "./dependencies.ts";

export type Settled = {
  readonly isSettled: boolean;
  /** ids of workloads that are not as wanted and will not be so by themselves */
  readonly failed: readonly string[];
};

export function settled(desired: readonly ServiceSpec[], actual: readonly Actual[]): Settled {
  const failed: string[] = [];
  let isSettled = actual.every(({ service }) => desired.some(({ name }) => name === service));
  for (const spec of desired) {
    const ones = actual.filter(({ service }) => service === spec.name);
    const fresh = ones.filter(({ revision, state }) => revision === spec.revision && state !== "stopping");
    const bad = fresh.filter((one) => isStuck(one) || isBlockedForGood(one, desired, actual));
    failed.push(...bad.map(({ id }) => id));
    const good = fresh.filter(isGood);
    const isAtRest = good.length + bad.length === fresh.length;
    // a roll whose first replica fails stops there, and the old ones go on
    const isComplete = fresh.length === spec.replicas && ones.length === fresh.length;
    if (!isAtRest || !(isComplete || bad.length > 0)) isSettled = false;
  }
  return { isSettled, failed };
}

function isGood({ state, exitCode, isProven }: Actual): boolean {
  return state === "exited" ? exitCode === 0 : isProven;
}
