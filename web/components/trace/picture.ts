// Where the bars of a trace stand. Pure: a trace in, shares of its width out.
import type { AppSpan, TraceAnswer, TraceSpan } from "../../../src/api/types.ts";

/** Shares of the duration that is drawn: the trace's, or a longer one that it is held against. */
export type Stretch = { readonly from: number; readonly width: number };

export function barOf({ offsetUs, durationUs }: TraceSpan, wholeUs: number): Stretch {
  return stretch(offsetUs, offsetUs + durationUs, wholeUs);
}

/** As far as it is within the trace: its times are by another clock. */
export function ownBarOf({ offsetUs, durationUs }: AppSpan, traceUs: number, wholeUs: number): Stretch {
  const within = (at: number) => Math.min(Math.max(at, 0), traceUs);
  return stretch(within(offsetUs), within(offsetUs + durationUs), wholeUs);
}

/** What the whole trace waited for in this call itself. */
export function waitsOf({ spanId }: TraceSpan, { criticalPath }: TraceAnswer, wholeUs: number): Stretch[] {
  return criticalPath
    .filter((segment) => segment.spanId === spanId)
    .map(({ fromUs, toUs }) => stretch(fromUs, toUs, wholeUs));
}

function stretch(fromUs: number, toUs: number, wholeUs: number): Stretch {
  const whole = Math.max(wholeUs, 1);
  return { from: fromUs / whole, width: (toUs - fromUs) / whole };
}

/** At most five, at round numbers of µs, the beginning included. */
export function ticks(wholeUs: number): number[] {
  const least = Math.max(wholeUs, 1) / 5;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10) * power;
  return Array.from({ length: Math.floor(wholeUs / step) + 1 }, (_, i) => i * step).filter((at) => at < wholeUs * 0.95);
}

/** A call that the mesh saw, or what a service says of its own work. */
export type Line =
  | { readonly call: TraceSpan; readonly isParent: boolean }
  | { readonly own: AppSpan; readonly depth: number };

/** A call, then what its service says of its work, then its calls; last what is said of no known call. What is under a folded
 *  one is left out. */
export function linesOf({ spans, appSpans }: TraceAnswer, folded: ReadonlySet<string>): Line[] {
  const byCall = Map.groupBy(appSpans, ({ call }) => call);
  const parents = new Set([...spans.map(({ parent }) => parent), ...byCall.keys()]);
  const ownOf = (call: string | undefined, depth: number): Line[] =>
    (byCall.get(call) ?? []).map((own) => ({ own, depth: depth + own.depth }));
  const lines: Line[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const call of spans) {
    if (call.depth > hiddenBelow) continue;
    const isFolded = folded.has(call.spanId);
    hiddenBelow = isFolded ? call.depth : Number.POSITIVE_INFINITY;
    lines.push({ call, isParent: parents.has(call.spanId) });
    if (!isFolded) lines.push(...ownOf(call.spanId, call.depth + 1));
  }
  return [...lines, ...ownOf(undefined, 0)];
}
