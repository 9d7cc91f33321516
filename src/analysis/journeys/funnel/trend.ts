// The funnel over time: attempts by when they began.
import { wilson } from "../../statistics/proportion.ts";
import type { TrendPoint } from "./types.ts";

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const PERIODS = [10 * SECOND, 60 * SECOND, 300 * SECOND, 900 * SECOND, 3600 * SECOND, 6 * 3600 * SECOND, DAY, 7 * DAY];
/** A year of weeks. */
const MOST_POINTS = 53;

export type Trend = { add(atMs: number, isConverted: boolean): void; points(): TrendPoint[] };

export function trend(fromMs: number, toMs: number): Trend {
  const fits = PERIODS.find((period) => (toMs - fromMs) / period < MOST_POINTS - 1);
  const period = fits ?? Math.ceil((toMs - fromMs) / (MOST_POINTS - 1) / DAY) * DAY;
  const first = Math.floor(fromMs / period);
  const size = Math.floor(toMs / period) - first + 1;
  const entered = new Uint32Array(size);
  const converted = new Uint32Array(size);
  return {
    add(atMs, isConverted) {
      const at = Math.floor(atMs / period) - first;
      entered[at] = (entered[at] as number) + 1;
      if (isConverted) converted[at] = (converted[at] as number) + 1;
    },
    points: () =>
      [...entered].map((count, at) => ({
        from: new Date((first + at) * period).toISOString(),
        seconds: period / SECOND,
        entered: count,
        converted: converted[at] as number,
        rate: count === 0 ? null : (converted[at] as number) / count,
        interval: wilson(converted[at] as number, count),
      })),
  };
}
