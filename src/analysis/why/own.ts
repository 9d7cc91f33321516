// How much of a service's amount is its own: not what its callees had, and not what it usually has itself.
import { counted } from "./amounts.ts";
import type { Facts, Series, Symptom } from "./facts.ts";
import { fit, type Term } from "./least-squares.ts";
import { quantile, spread } from "./robust.ts";

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
/** Calls for each request: beyond this quantile of the baseline, and by this factor, they are more than usual. */
const USUAL_CALLS = 0.95;
const MORE_CALLS = 1.1;

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
    const share = usualShareOf(facts, service, callee, callersOf.get(callee) ?? []);
    return { callee, share, amount: (totals[callee] as Series).map((value, at) => value * (share[at] as number)) };
  });
  const noise = spread(changes(total.subarray(0, facts.usual))) ** 2 / 2;
  const own: Term = { values: requests, prior: 0, doubt: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY };
  const terms = calls.map(({ amount }): Term => ({ values: amount, prior: 1, doubt: DOUBT, most: 1 }));
  const [perRequest = 0, ...onPath] = fit(total, [own, ...terms], noise, facts.usual);
  // A callee that was idle or without failures in the baseline keeps the prior: nothing spoke against it.
  const rest = total.map((value, at) => {
    const passedOn = calls.reduce(
      (sum, { amount }, index) => sum + (onPath[index] as number) * (amount[at] as number),
      0,
    );
    return value - perRequest * (requests[at] as number) - passedOn;
  });
  const through = metric === "availability" ? getThrough(facts.usual, rest, calls, onPath) : undefined;
  return {
    surplus: through?.rest ?? rest,
    calls: calls.map(({ callee, share }, index) => ({
      callee,
      borne: share.map((value, at) => value * ((onPath[index] as number) + (through?.more[index]?.[at] ?? 0))),
    })),
  };
}

/**
 * A second try hides few failures wholly and many not at all, so what a baseline with few has shown says little of many. When
 * callees fail beyond what is usual, as much of a caller's failures as these could have caused is theirs.
 * @returns what is left, and of each callee's amount how much more of it gets through, as a share
 */
function getThrough(
  usual: number,
  rest: Series,
  calls: readonly { readonly amount: Series }[],
  onPath: readonly number[],
): { readonly rest: Series; readonly more: readonly Series[] } {
  const hidden = calls.map(({ amount }, index) => {
    const most = quantile(amount.subarray(0, usual), USUAL_CALLS) || 0;
    return amount.map((value) => (1 - (onPath[index] as number)) * Math.max(0, value - most));
  });
  const all = rest.map((_, at) => hidden.reduce((sum, values) => sum + (values[at] as number), 0));
  const part = rest.map((value, at) =>
    value > 0 && (all[at] as number) > 0 ? Math.min(1, value / (all[at] as number)) : 0,
  );
  return {
    rest: rest.map((value, at) => Math.max(0, value - (part[at] as number) * (all[at] as number))),
    more: hidden.map((values, index) =>
      values.map((value, at) => ((part[at] as number) * value) / (calls[index]?.amount[at] as number) || 0),
    ),
  };
}

/**
 * The same without what more calls than usual took: whoever calls more often has himself to blame. What a caller of another
 * tree brings falls away with it, and nobody of this tree waits for that.
 */
function usualShareOf(facts: Facts, caller: number, callee: number, callers: readonly number[]): Series {
  const share = shareOf(facts, caller, callers);
  const [from, to] = [caller, callee].map((service) => facts.services[service]?.requests as Series) as [Series, Series];
  const calls = share.map((value, at) => (value * counted(to[at])) / counted(from[at]) || 0);
  const most = MORE_CALLS * (quantile(calls.subarray(0, facts.usual), USUAL_CALLS) || 0);
  return share.map((value, at) => {
    const made = calls[at] as number;
    return most > 0 && made > most ? (value * most) / made : value;
  });
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
