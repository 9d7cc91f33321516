// What a workload uses without being asked, such as timers and the collecting of garbage: of a service that is seldom asked
// that is most of what it uses, and none of it is a request's.
import { COUNTER_NAMES, type ResourceCounter, type ResourceSample } from "../../model/resources.ts";
import type { Step } from "./steps.ts";

/** a line through fewer points says too little about where it begins */
const FEWEST_STEPS = 8;
/** standard errors: it is taken off only as far as it is sure */
const SURE = 2;

/** µs by second of each counter; none that is not sure. */
export function background(steps: readonly Step[]): ResourceSample {
  const looked = steps.filter(({ seconds }) => seconds > 0);
  if (looked.length < FEWEST_STEPS) return {};
  const found: { [Name in ResourceCounter]?: number } = {};
  for (const name of COUNTER_NAMES) {
    const points = looked.flatMap(({ rise, requests, seconds }) => {
      const used = rise[name];
      return used === undefined ? [] : [{ x: requests / seconds, y: used / seconds }];
    });
    if (points.length < FEWEST_STEPS) continue;
    // where each request came to cost more, the line begins too high: but never was less used than what is always used
    const least = Math.min(...points.map(({ y }) => y));
    found[name] = Math.max(0, Math.min(least, surelyAtZero(points)));
  }
  return found;
}

/** Lower bound of where the least-squares line of y over x begins; -∞ when x is always the same. */
function surelyAtZero(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (of: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (spread === 0) return Number.NEGATIVE_INFINITY;
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const begins = meanY - slope * meanX;
  const rest = points.reduce((sum, { x, y }) => sum + (y - begins - slope * x) ** 2, 0) / (points.length - 2);
  return begins - SURE * Math.sqrt(rest * (1 / points.length + meanX ** 2 / spread));
}
