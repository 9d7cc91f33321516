// What each workload's clock is ahead of the others', from spans alone: the middle of a call and the middle of what it
// caused are the same moment, so the true difference is the one that many pairs share.

export type Timed = { readonly workload: number; readonly startUs: number; readonly endUs: number };

/** clocks that are further apart are not found */
const MOST_APART_US = 1_000_000;
const BIN_US = 250;
/** of a pair of workloads that are looked at */
const SAMPLE = 500;
/** pairs that must share a difference */
const LEAST = 5;

/** By workload, µs to take from its times; 0 where nothing is known.
 *  @param calls and what they may have caused, both in the order of their start */
export function clockOffsets(calls: readonly Timed[], served: readonly Timed[]): ReadonlyMap<number, number> {
  const edges: { from: number; to: number; aheadUs: number; votes: number }[] = [];
  for (const [from, ours] of byWorkload(calls)) {
    for (const [to, theirs] of byWorkload(served)) {
      const found = from === to ? undefined : difference(ours, theirs.slice(0, SAMPLE));
      if (found) edges.push({ from, to, ...found });
    }
  }
  // Along the surest differences, from clock to clock.
  edges.sort((a, b) => b.votes - a.votes);
  const offsets = new Map<number, number>();
  for (const start of edges.map(({ from }) => from)) {
    if (offsets.has(start)) continue;
    offsets.set(start, 0);
    for (let edge = next(edges, offsets); edge; edge = next(edges, offsets)) {
      const { from, to, aheadUs } = edge;
      const known = offsets.get(from);
      if (known !== undefined) offsets.set(to, known + aheadUs);
      else offsets.set(from, (offsets.get(to) as number) - aheadUs);
    }
  }
  return offsets;
}

function next<Edge extends { from: number; to: number }>(edges: readonly Edge[], known: ReadonlyMap<number, number>) {
  return edges.find(({ from, to }) => known.has(from) !== known.has(to));
}

/** What the second's clock is ahead, and how many pairs say so. */
function difference(calls: readonly Timed[], served: readonly Timed[]): { aheadUs: number; votes: number } | undefined {
  const apart = new Map<number, number[]>();
  let from = 0;
  for (const one of served) {
    while (from < calls.length && (calls[from] as Timed).endUs < one.startUs - MOST_APART_US) from++;
    for (let i = from; i < calls.length; i++) {
      const call = calls[i] as Timed;
      if (call.startUs > one.endUs + MOST_APART_US) break;
      const slack = call.endUs - call.startUs - (one.endUs - one.startUs);
      if (slack < 0 || slack > 2000 + (call.endUs - call.startUs) / 4) continue;
      const us = (one.startUs + one.endUs - call.startUs - call.endUs) / 2;
      const bin = Math.round(us / BIN_US);
      const there = apart.get(bin);
      if (there) there.push(us);
      else apart.set(bin, [us]);
    }
  }
  const size = (bin: number) => apart.get(bin)?.length ?? 0;
  const around = (bin: number) => size(bin - 1) + size(bin) + size(bin + 1);
  let best = 0;
  for (const bin of apart.keys()) if (around(bin) > around(best)) best = bin;
  const votes = around(best);
  if (votes < LEAST) return undefined;
  const agreed = [best - 1, best, best + 1].flatMap((bin) => apart.get(bin) ?? []).sort((a, b) => a - b);
  return { aheadUs: agreed[agreed.length >> 1] as number, votes };
}

function byWorkload(spans: readonly Timed[]): Map<number, Timed[]> {
  return Map.groupBy(spans, ({ workload }) => workload);
}
