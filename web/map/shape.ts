// How a call is drawn: the curve along its route, its thickness by rate, the arrow at its end. Pure.
import type { Point } from "./layout.ts";

const THINNEST = 1.25;
const THICKEST = 6;
/** calls per second that are drawn thickest */
const MOST = 1_000;

/** By the logarithm: a tenfold rate is one step. */
export function thickness(perSecond: number): number {
  if (perSecond <= 0) return THINNEST;
  const share = Math.log10(1 + perSecond) / Math.log10(1 + MOST);
  return THINNEST + Math.min(share, 1) * (THICKEST - THINNEST);
}

/** Runs level through each point of the route, so that it neither kinks nor leaves the gaps that the layout found. */
export function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x} ${first.y}`;
  let from = first;
  for (const to of rest) {
    const half = (to.x - from.x) / 2;
    path += from.y === to.y ? `L${to.x} ${to.y}` : `C${from.x + half} ${from.y} ${to.x - half} ${to.y} ${to.x} ${to.y}`;
    from = to;
  }
  return path;
}

/** The route without the place of the arrow, and the arrow: a triangle whose tip touches the target. */
export function withArrow(points: readonly Point[], width: number): { readonly line: Point[]; readonly arrow: string } {
  const tip = points.at(-1);
  const before = points.at(-2);
  if (!tip || !before) return { line: [...points], arrow: "" };
  const length = 5 + width * 1.6;
  const half = 3 + width * 0.8;
  const towards = before.x <= tip.x ? 1 : -1;
  const base = tip.x - towards * length;
  return {
    line: [...points.slice(0, -1), { x: base + towards, y: tip.y }],
    arrow: `M${tip.x} ${tip.y}L${base} ${tip.y - half}L${base} ${tip.y + half}Z`,
  };
}

/** Half way along the route. */
export function middle(points: readonly Point[]): Point {
  const lengths = points.slice(1).map((point, index) => distance(points[index]!, point));
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (const [index, length] of lengths.entries()) {
    const from = points[index]!;
    const to = points[index + 1]!;
    if (left <= length && length > 0) {
      const share = left / length;
      return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
    }
    left -= length;
  }
  return points[0] ?? { x: 0, y: 0 };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
