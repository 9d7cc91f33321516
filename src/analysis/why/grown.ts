// Whether a service that is asked more is asked one thing more, and the others as much as ever.
import type { ErrorCode } from "../../base/errors/index.ts";
import type { SeenExchange } from "../../model/figures.ts";
import { isRequest, routeOf } from "./contrast/attributes.ts";

export type Grown = {
  readonly route: string;
  /** of what came more in all, 0 to 1 */
  readonly covers: number;
  /** requests a second */
  readonly before: number;
  readonly during: number;
};

/** One route holds this part of what came more, */
const COVERS = 0.7;
/** and has grown so many times as much as the others: else everything is asked more. */
const LIFT = 3;
const FEWEST = 30;
const GIVEN_UP: ErrorCode = "client_gone";

type Rates = ReadonlyMap<string, number>;

/** undefined: it is not asked more, or not one thing alone. */
export function grownOf(before: readonly SeenExchange[], during: readonly SeenExchange[]): Grown | undefined {
  const [usual, now] = [before, during].map((all) => all.filter(isRequest)) as [SeenExchange[], SeenExchange[]];
  if (usual.length < FEWEST || now.length < FEWEST) return undefined;
  const [was, is] = [ratesOf(usual), ratesOf(now)];
  const [allWas, allIs] = [sum(was), sum(is)];
  const more = (route: string) => (is.get(route) ?? 0) - (was.get(route) ?? 0);
  const [most] = [...is.keys()].sort((a, b) => more(b) - more(a));
  if (most === undefined || allIs <= allWas) return undefined;
  const [its, itsNow] = [was.get(most) ?? 0, is.get(most) ?? 0];
  const covers = more(most) / (allIs - allWas);
  // in products, because either may have been nothing
  const hasGrown = itsNow * (allWas - its) >= LIFT * its * (allIs - itsNow);
  if (covers < COVERS || !hasGrown) return undefined;
  return { route: most, covers: Math.min(1, covers), before: its, during: itsNow };
}

/**
 * What came more may be asked for the second time: so many were given up by whoever asked, and they are no more than as many again.
 */
export function isAskedAgain(before: readonly SeenExchange[], during: readonly SeenExchange[]): boolean {
  const [usual, now] = [before.filter(isRequest), during.filter(isRequest)];
  const [was, is] = [rateOf(usual), rateOf(now)];
  const weightOf = (some: readonly SeenExchange[]) => some.reduce((total, { weight = 1 }) => total + weight, 0);
  const givenUp = (is * weightOf(now.filter(({ error }) => error === GIVEN_UP))) / Math.max(1, weightOf(now));
  return is > was && is <= 2 * was && givenUp >= is - was;
}

/** Requests a second. @param all oldest first */
export function rateOf(all: readonly SeenExchange[]): number {
  return all.reduce((sum, { weight = 1 }) => sum + weight, 0) / secondsOf(all);
}

function ratesOf(all: readonly SeenExchange[]): Rates {
  const seconds = secondsOf(all);
  const rates = new Map<string, number>();
  for (const one of all) rates.set(routeOf(one), (rates.get(routeOf(one)) ?? 0) + (one.weight ?? 1) / seconds);
  return rates;
}

/** from the first to the last of all; for fewer than two a second */
function secondsOf(all: readonly SeenExchange[]): number {
  const [first, last] = [all[0]?.startUs ?? 0, all.at(-1)?.startUs ?? 0];
  return Math.max(1, (last - first) / 1e6);
}

function sum(rates: Rates): number {
  return [...rates.values()].reduce((total, one) => total + one, 0);
}
