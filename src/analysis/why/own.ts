// How much of a service's amount is its own: not what its callees had, and not what it usually has itself.
import { counted } from "./amounts.ts";
import type { Facts, Series, Symptom } from "./facts.ts";
import { fit, type Term } from "./least-squares.ts";
import { spread } from "./robust.ts";

export type Call = {
  readonly callee: number;
  /** share of the callee's amount that this caller has to bear, in each interval, 0 to 1 */
  readonly borne: Series;
};

export type Own = {
  /** amount beyond what its usual own and its callees' present amounts explain, in each interval */
  readonly surplus: Series;
  readonly calls: readonly Call[];
};

/** How far the share of a callee's time on its caller's path may be from 1 before a baseline has shown it, as a deviation. */
const DOUBT = 0.4;

/**
 * A callee's amount is shared by its callers as their requests are: per-service series cannot say more. How much of it lies
 * on the caller's path is learned from how both varied in the baseline: all of it unless that speaks against it, so that a
 * call that nobody waits for counts for nothing.
 */
export function ownOf(
  { facts, totals, metric }: { facts: Facts; totals: readonly Series[]; metric: Symptom["metric"] },
  service: number,
  callersOf: ReadonlyMap<number, readonly number[]>,
  calleesOf: ReadonlyMap<number, readonly number[]>,
): Own {
  const total = totals[service] as Series;
  const requests = (facts.services[service] as Facts["services"][number]).requests.map(counted);
  const calls = (calleesOf.get(service) ?? []).map((callee) => {
    const share = shareOf(facts, service, callersOf.get(callee) ?? []);
    return { callee, share, amount: (totals[callee] as Series).map((value, at) => value * (share[at] as number)) };
  });
  const noise = spread(changes(total.subarray(0, facts.usual))) ** 2 / 2;
  const own: Term = { values: requests, prior: 0, doubt: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY };
  const terms = calls.map(({ amount }): Term => ({ values: amount, prior: 1, doubt: DOUBT, most: 1 }));
  const [perRequest = 0, ...onPath] = fit(total, [own, ...terms], noise, facts.usual);
  // A callee that was idle or without failures in the baseline keeps the prior: nothing spoke against it.
  const surplus = total.map((value, at) => {
    let rest = value - perRequest * (requests[at] as number);
    for (const [index, { amount }] of calls.entries()) rest -= (onPath[index] as number) * (amount[at] as number);
    return metric === "availability" ? Math.max(0, rest) : rest;
  });
  return {
    surplus,
    calls: calls.map(({ callee, share }, index) => ({
      callee,
      borne: share.map((value) => value * (onPath[index] as number)),
    })),
  };
}

/** By requests of the callers, in each interval. */
function shareOf(facts: Facts, caller: number, callers: readonly number[]): Series {
  const requestsOf = (service: number, at: number) => counted(facts.services[service]?.requests[at]);
  return facts.times.map((_, at) => {
    const all = callers.reduce((sum, one) => sum + requestsOf(one, at), 0);
    return all === 0 ? 0 : requestsOf(caller, at) / all;
  });
}

function changes(values: Series): Series {
  return values.subarray(1).map((value, at) => value - (values[at] as number));
}
