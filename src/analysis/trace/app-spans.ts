// What the services of a trace say of their own work, each under the call that it was done for.
import type { AppSpan, ToldSpan, TraceSpan } from "./types.ts";

/** more is a circle */
const MOST_DEPTH = 64;

/** The span of a call by which `id` was caused: itself, or what stands above it among the services' own.
 *  @param calls by the ids of both their spans */
export function callAbove<Call>(
  id: string,
  calls: ReadonlyMap<string, Call>,
  told: ReadonlyMap<string, ToldSpan>,
): Call | undefined {
  let at: string | undefined = id;
  for (let depth = 0; depth < MOST_DEPTH && at !== undefined; depth++) {
    const call = calls.get(at);
    if (call) return call;
    at = told.get(at)?.parentId;
  }
  return undefined;
}

/** In the order of the calls, each with what is below it; last those of which it is not known what they were done for. */
export function appSpansOf(told: readonly ToldSpan[], calls: readonly TraceSpan[], startUs: number): AppSpan[] {
  const below = Map.groupBy(
    told.toSorted((a, b) => a.startUs - b.startUs || b.durationUs - a.durationUs),
    ({ parentId }) => parentId,
  );
  const shown = new Set<ToldSpan>();
  const spans: AppSpan[] = [];
  const show = (span: ToldSpan, depth: number, call: string | undefined) => {
    if (shown.has(span) || depth > MOST_DEPTH) return;
    shown.add(span);
    const { parentId, startUs: beganUs, ...rest } = span;
    spans.push({
      ...rest,
      ...(parentId !== "" && { parent: parentId }),
      ...(call !== undefined && { call }),
      ...{ depth, offsetUs: beganUs - startUs },
    });
    for (const child of below.get(span.spanId) ?? []) show(child, depth + 1, call);
  };
  for (const { spanId, serverSpanId } of calls) {
    for (const id of [spanId, serverSpanId]) for (const span of below.get(id) ?? []) show(span, 0, spanId);
  }
  const ids = new Set(told.map(({ spanId }) => spanId));
  for (const span of told) if (!ids.has(span.parentId)) show(span, 0, undefined);
  return spans;
}
