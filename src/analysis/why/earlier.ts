// Earlier troubles in a baseline. What was as bad before and came back to the usual is no part of the usual: left in, it would
// hide the same trouble when it comes again.
import { excessOf } from "./excess.ts";
import type { Facts, Series, Symptom } from "./facts.ts";
import { badness, floorOf, leastOf } from "./symptom.ts";
import { iso } from "./words.ts";

/** Samples: what is bad for fewer is no trouble, and what is well for fewer did not end it. */
export const LONG = 3;
/** What came more often is a habit, and so usual; */
const MOST = 2;
/** and so is what was there for more of the baseline. */
const MOST_SHARE = 1 / 3;
/** Fewer samples say nothing of what is usual. */
export const FEWEST = 12;

/** by place; the end is outside */
type Stretch = { readonly from: number; readonly to: number };

/** @returns the same without earlier runs that are as bad as the window's is by the symptom */
export function withoutEarlier(facts: Facts, symptom: Symptom): Facts {
  const series = badness(facts.services[symptom.service] as Facts["services"][number], symptom);
  return withoutRuns(facts, series, { least: leastOf(facts, symptom), floor: floorOf(facts, symptom) });
}

/**
 * The same without earlier runs of samples that are at least half as far above the usual as the window's run. A run that goes
 * on into the window is what is asked about: the window begins with it.
 * @param floor what is less above the usual is nothing
 */
export function withoutRuns(
  facts: Facts,
  series: Series,
  { least, floor }: { readonly least: number; readonly floor: number },
): Facts {
  const { usual: count, times } = facts;
  const { run, usual } = excessOf(series, count, least);
  if (run.length < LONG || run.excess < floor) return facts;
  const found = stretches(series.subarray(0, count), usual + run.excess / 2);
  const last = found.at(-1);
  const isGoingOn = last !== undefined && last.to > count - LONG;
  const earlier = isGoingOn ? found.slice(0, -1) : found;
  const begins = isGoingOn && isLong(last) ? last.from : count;
  const left = earlier.filter(isLong).map(({ from, to }) => ({ from: Math.max(0, from - 1), to: to + 1 }));
  const remains = begins - left.reduce((sum, { from, to }) => sum + to - from, 0);
  if (earlier.length > MOST || remains < Math.max(FEWEST, (1 - MOST_SHARE) * count)) return facts;
  const isLeft = (at: number) => left.some(({ from, to }) => at >= from && at < to);
  const periods = left.map(({ from, to }) => ({ from: iso(times[from]), to: iso(times[to]) }));
  return { ...without(facts, isLeft), usual: remains, left: [...(facts.left ?? []), ...periods] };
}

function isLong({ from, to }: Stretch): boolean {
  return to - from >= LONG;
}

/** The ends of a stretch are the first and the last sample that reach the level. */
function stretches(series: Series, level: number): Stretch[] {
  const found: { from: number; to: number }[] = [];
  for (const [at, value] of series.entries()) {
    if (!(value >= level)) continue;
    const last = found.at(-1);
    if (last && at - last.to < LONG) last.to = at + 1;
    else found.push({ from: at, to: at + 1 });
  }
  return found;
}

function without(facts: Facts, isLeft: (at: number) => boolean): Facts {
  const kept = (series: Series) => series.filter((_, at) => !isLeft(at));
  return {
    ...facts,
    times: kept(facts.times),
    ...(facts.calls && { calls: facts.calls.map((one) => ({ ...one, requests: kept(one.requests) })) }),
    services: facts.services.map(({ name, requests, availability, latency }) => ({
      ...{ name, requests: kept(requests), availability: kept(availability) },
      latency: {
        ...{ mean: kept(latency.mean), p50: kept(latency.p50), p90: kept(latency.p90) },
        ...{ p95: kept(latency.p95), p99: kept(latency.p99) },
      },
    })),
  };
}
