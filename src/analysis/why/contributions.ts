// What each service adds to a request of the target, beyond what it usually adds.
import { counted } from "./amounts.ts";
import type { Facts, Series, Symptom } from "./facts.ts";
import { type Own, ownOf } from "./own.ts";

export type Contribution = {
  readonly service: number;
  /** s, or failures, for each request of the target */
  readonly added: Series;
  /** the service's own amount beyond what is usual, whoever asks for it */
  readonly surplus: Series;
  /** of the services from the target to this one, the way that carries most */
  readonly path: readonly number[];
  /** whom it asks */
  readonly callees: readonly number[];
};

/** Only what the target reaches: others cannot add to it. In order of the target's calls, itself first. */
export function contributions(
  facts: Facts,
  totals: readonly Series[],
  { service: target, metric }: Symptom,
): Contribution[] {
  const order = outward(target, neighbours(facts.edges));
  const place = new Map(order.map((service, at) => [service, at]));
  // of services that call each other in a circle, the way back carries nothing new
  const onward = facts.edges.filter(([caller, callee]) => {
    return (place.get(callee) ?? 0) > (place.get(caller) ?? Number.NEGATIVE_INFINITY);
  });
  const callersOf = neighbours(onward.map(([caller, callee]) => [callee, caller]));
  const calleesOf = neighbours(onward);
  const weights = new Map<number, Series>([[target, facts.times.map(() => 1)]]);
  const cameFrom = new Map<number, { from: number; weight: number }>();
  const targetRequests = facts.services[target]?.requests as Series;
  return order.map((service) => {
    const weight = weights.get(service) ?? facts.times.map(() => 0);
    const own: Own = ownOf({ facts, totals, metric }, service, callersOf, calleesOf);
    for (const { callee, borne } of own.calls) {
      const before = weights.get(callee) ?? facts.times.map(() => 0);
      weights.set(
        callee,
        before.map((value, at) => value + (weight[at] as number) * (borne[at] as number)),
      );
      const carried = mean(weight) * mean(borne);
      if (carried >= (cameFrom.get(callee)?.weight ?? 0)) cameFrom.set(callee, { from: service, weight: carried });
    }
    const added = own.surplus.map((value, at) => {
      const requests = counted(targetRequests[at]);
      return requests === 0 ? Number.NaN : (value * (weight[at] as number)) / requests;
    });
    const callees = own.calls.map(({ callee }) => callee);
    return { service, added, surplus: own.surplus, path: pathTo(service, cameFrom), callees };
  });
}

function neighbours(edges: readonly (readonly [number, number])[]): Map<number, number[]> {
  const result = new Map<number, number[]>();
  for (const [from, to] of edges) {
    const known = result.get(from);
    if (known) known.push(to);
    else result.set(from, [to]);
  }
  return result;
}

/** Each after all who call it, as far as there are no circles: the reverse of a depth-first search's order of leaving. */
function outward(target: number, calleesOf: ReadonlyMap<number, readonly number[]>): number[] {
  const left: number[] = [];
  const seen = new Set([target]);
  const stack = [{ service: target, next: 0 }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const callee = calleesOf.get(top.service)?.[top.next++];
    if (callee === undefined) {
      left.push(top.service);
      stack.pop();
    } else if (!seen.has(callee)) {
      seen.add(callee);
      stack.push({ service: callee, next: 0 });
    }
  }
  return left.reverse();
}

function pathTo(service: number, cameFrom: ReadonlyMap<number, { from: number }>): number[] {
  const path = [service];
  for (let step = cameFrom.get(service); step; step = cameFrom.get(step.from)) path.unshift(step.from);
  return path;
}

function mean(values: Series): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
