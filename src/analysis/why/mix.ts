// Whether a service is slower because it is asked other things, and not because it does the same more slowly (Kitagawa, 1955).
import type { SeenExchange } from "../../model/figures.ts";
import { differenceP } from "../statistics/proportion.ts";
import { isRequest, routeOf } from "./contrast/attributes.ts";

export type Mix = {
  /** which route's share grew and added most */
  readonly route: string;
  /** of all requests, 0 to 1 */
  readonly before: number;
  readonly during: number;
  /** a request of it takes so long */
  readonly ms: number;
};

/** Of what was added to the mean, other requests must have added so much, */
const DECIDES = 0.5;
/** and to the mean itself so much, as a share: less is noise of the few requests that are kept. */
const MATTERS = 0.1;
const CHANCE = 0.001;

type Part = { readonly count: number; readonly weight: number; readonly sumMs: number };
const NOTHING: Part = { count: 0, weight: 0, sumMs: 0 };

/** undefined: that is not why it is slower. */
export function mixOf(before: readonly SeenExchange[], during: readonly SeenExchange[]): Mix | undefined {
  const [usual, now] = [byRoute(before), byRoute(during)];
  const [allUsual, allNow] = [total(usual), total(now)];
  if (allUsual.count === 0 || allNow.count === 0) return undefined;
  const usualMs = allUsual.sumMs / allUsual.weight;
  const addedMs = allNow.sumMs / allNow.weight - usualMs;

  const parts = [...new Set([...usual.keys(), ...now.keys()])].map((route) => {
    const [was, is] = [usual.get(route) ?? NOTHING, now.get(route) ?? NOTHING];
    const shares = { before: was.weight / allUsual.weight, during: is.weight / allNow.weight };
    // a route that is new, or gone, took as long as it takes when it is asked
    const means = [was, is].filter(({ weight }) => weight > 0).map(({ sumMs, weight }) => sumMs / weight);
    const ms = means.reduce((sum, value) => sum + value, 0) / means.length;
    const p = differenceP(was.count, allUsual.count, is.count, allNow.count);
    // against the mean, so that a route which is as costly as all adds nothing by being more
    return { route, ...shares, ms, p, addsMs: (shares.during - shares.before) * (ms - usualMs) };
  });
  const byMixMs = parts.reduce((sum, { addsMs }) => sum + addsMs, 0);
  if (addedMs < MATTERS * usualMs || byMixMs < DECIDES * addedMs) return undefined;
  const grown = parts.filter(({ p, before: was, during: is }) => p < CHANCE && is > was);
  const [most] = grown.sort((a, b) => b.addsMs - a.addsMs);
  return most && { route: most.route, before: most.before, during: most.during, ms: most.ms };
}

function byRoute(all: readonly SeenExchange[]): Map<string, Part> {
  const parts = new Map<string, Part>();
  for (const one of all.filter(isRequest)) {
    const { count, weight, sumMs } = parts.get(routeOf(one)) ?? NOTHING;
    const its = one.weight ?? 1;
    parts.set(routeOf(one), {
      count: count + 1,
      weight: weight + its,
      sumMs: sumMs + (its * one.durationUs) / 1000,
    });
  }
  return parts;
}

function total(parts: ReadonlyMap<string, Part>): Part {
  return [...parts.values()].reduce(
    (a, b) => ({
      count: a.count + b.count,
      weight: a.weight + b.weight,
      sumMs: a.sumMs + b.sumMs,
    }),
    NOTHING,
  );
}
