// The run of samples in a window that stands out most, and how often the baseline has one like it.
import type { Series } from "./facts.ts";
import { median, spread } from "./robust.ts";

export type Run = {
  /** by place in the series */
  readonly from: number;
  readonly length: number;
  /** mean above the usual, in the series' unit */
  readonly excess: number;
  /** how far it stands out, in deviations of a mean of so many samples */
  readonly score: number;
};

export type Excess = {
  readonly usual: number;
  readonly run: Run;
  /** the score that it takes to be more than chance: of few samples more, because tails are heavy and one says little */
  readonly needed: number;
  /** the highest score of windows as long as this one, one for each that fits into the baseline */
  readonly before: Series;
};

/** Steps of the lengths of runs: the sum over a doubled run that holds the best one is never below 0.7 of its score. */
const LONGER = 2;
const NEEDED = 3;

/** @param least the smallest deviation that the counts, or the figure's resolution, allow to see */
export function excessOf(series: Series, usualCount: number, least: number): Excess {
  const past = series.subarray(0, usualCount);
  const usual = median(past);
  const scale = Math.max(spread(past) || 0, least);
  // A gap counts as usual.
  const sums = new Float64Array(series.length + 1);
  for (const [at, value] of series.entries()) {
    sums[at + 1] = (sums[at] as number) + (Number.isNaN(value) ? 0 : (value - usual) / scale);
  }
  const width = series.length - usualCount;
  const runOf = (from: number, length: number): Run => {
    const sum = (sums[from + length] as number) - (sums[from] as number);
    return { from, length, excess: (sum * scale) / length, score: sum / Math.sqrt(length) };
  };
  const best = (from: number, to: number): Run => {
    let found = runOf(from, 1);
    for (let length = 1; length <= to - from; length *= LONGER) {
      for (let start = from; start + length <= to; start++) {
        const one = runOf(start, length);
        if (one.score > found.score) found = one;
      }
    }
    return found;
  };
  const step = Math.max(1, Math.floor(width / 4));
  const places = Math.max(0, Math.floor((usualCount - width) / step) + 1);
  const before = Float64Array.from({ length: places }, (_, at) => best(at * step, at * step + width).score);
  const found = best(usualCount, series.length);
  const run = whole(series, found, usual, usualCount);
  const all = runOf(run.from, run.length);
  // all of the run may stand out though none of the lengths that are tried does: then its part need not either
  const asPart = all.score > found.score ? (neededBy(run.length) * found.score) / all.score : Number.POSITIVE_INFINITY;
  return { usual, run, needed: Math.min(neededBy(found.length), asPart), before };
}

function neededBy(length: number): number {
  return NEEDED * (1 + 1 / length);
}

/** The run from its first to its last sample that is at least half as high, and what lies beside it and is so too: only some
 *  lengths are tried. */
function whole(series: Series, run: Run, usual: number, first: number): Run {
  const isPart = (at: number) => at >= first && (series[at] as number) - usual >= run.excess / 2;
  let from = run.from;
  let to = run.from + run.length;
  if (run.excess > 0) {
    while (to - from > 1 && !isPart(from)) from++;
    while (to - from > 1 && !isPart(to - 1)) to--;
    while (isPart(from - 1)) from--;
    while (to < series.length && isPart(to)) to++;
  }
  const values = series.subarray(from, to).filter((value) => !Number.isNaN(value));
  const excess = values.reduce((sum, value) => sum + value - usual, 0) / (to - from);
  return { from, length: to - from, excess, score: run.score };
}
