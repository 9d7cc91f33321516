// Who is it that asks more, or less: from a service up along its callers to who changed by himself.
import type { Facts, Series } from "./facts.ts";

export type Origin = {
  /** names, from the target up to who asks */
  readonly path: readonly string[];
  /** of what the target was asked more or less, 0 to 1 */
  readonly explained: number;
  readonly caller: string;
  /** whom it asks, by place in `services` */
  readonly callee: number;
  /** `source`: nobody asks it for that; `share`: it asks more or less for each request of its own */
  readonly kind: "source" | "share";
  /** requests in a sample, or for each request of its own */
  readonly before: number;
  readonly during: number;
};

export type Stretch = { readonly from: number; readonly length: number };

/** Who has less of a change is left out, and so is his part. */
const LEAST = 0.1;

/** The most of it first. */
export function origins(facts: Facts, target: number, run: Stretch): Origin[] {
  const means = meansOf(facts, run);
  const places = new Map(facts.services.map(({ name }, at) => [name, at]));
  const nameOf = (service: number) => facts.services[service]?.name ?? "";

  const follow = (callee: number, path: readonly string[], explained: number): Origin[] => {
    const calls = (facts.calls ?? [])
      .filter((one) => one.callee === callee)
      .map(({ source, requests }) => ({ source, ...means(requests) }));
    const change = calls.reduce((sum, { before, during }) => sum + during - before, 0);
    return calls.flatMap(({ source, before, during }) => {
      const part = explained * Math.min(1, (during - before) / change);
      if (!(part >= LEAST)) return [];
      const further = [...path, source];
      const one = { path: further, explained: part, caller: source, callee };
      const place = places.get(source);
      const own = means(place === undefined ? facts.times.map(() => 0) : (facts.services[place]?.requests as Series));
      if (place === undefined || path.includes(source) || own.before + own.during === 0) {
        return [{ ...one, kind: "source", before, during }];
      }
      const load = shareOfLoad({ before, during }, own);
      if (load >= 0.5) return follow(place, further, part * load);
      const each = { before: before / own.before, during: during / own.during };
      return [{ ...one, explained: part * (1 - load), kind: "share", ...each }];
    });
  };
  return follow(target, [nameOf(target)], 1).sort((a, b) => b.explained - a.explained);
}

type Means = { readonly before: number; readonly during: number };

/** Kitagawa: how much of the change comes from what the caller is asked itself, and not from how often it asks for each. */
function shareOfLoad(calls: Means, own: Means): number {
  if (own.before === 0 || own.during === 0) return 1;
  const [before, during] = [calls.before / own.before, calls.during / own.during];
  const byLoad = ((before + during) / 2) * (own.during - own.before);
  const byShare = ((own.before + own.during) / 2) * (during - before);
  if (byLoad * byShare < 0) return Math.abs(byLoad) > Math.abs(byShare) ? 1 : 0;
  return byLoad / (byLoad + byShare) || 0;
}

/** of a series, before the window and over the run: means add up */
function meansOf({ usual }: Facts, { from, length }: Stretch): (series: Series) => Means {
  const mean = (series: Series) => {
    const seen = series.filter((value) => !Number.isNaN(value));
    return seen.reduce((sum, value) => sum + value, 0) / Math.max(1, seen.length);
  };
  return (series) => ({
    before: mean(series.subarray(0, usual)),
    during: mean(series.subarray(from, from + length)),
  });
}
