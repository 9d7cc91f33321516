// Where the bars of a trace stand. Pure: a trace in, shares of its width out.
import type { TraceAnswer, TraceSpan } from "../../../src/api/types.ts";

/** Shares of the trace's duration. */
export type Stretch = { readonly from: number; readonly width: number };

export function barOf({ offsetUs, durationUs }: TraceSpan, wholeUs: number): Stretch {
  return stretch(offsetUs, offsetUs + durationUs, wholeUs);
}

/** What the whole trace waited for in this call itself. */
export function waitsOf({ spanId }: TraceSpan, { criticalPath, durationUs }: TraceAnswer): Stretch[] {
  return criticalPath
    .filter((segment) => segment.spanId === spanId)
    .map(({ fromUs, toUs }) => stretch(fromUs, toUs, durationUs));
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

/** Those that are shown when what is under the folded ones is not. */
export function unfolded(spans: readonly TraceSpan[], folded: ReadonlySet<string>): TraceSpan[] {
  let hiddenBelow = Number.POSITIVE_INFINITY;
  return spans.filter((span) => {
    if (span.depth > hiddenBelow) return false;
    hiddenBelow = folded.has(span.spanId) ? span.depth : Number.POSITIVE_INFINITY;
    return true;
  });
}

export function parents(spans: readonly TraceSpan[]): ReadonlySet<string> {
  return new Set(spans.flatMap(({ parent }) => parent ?? []));
}
