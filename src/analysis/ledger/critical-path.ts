// Which call a stretch of time was spent in: from the end backwards, always in the call that finishes last (CRISP, ATC'22).
// Calls that outlive the stretch are clipped to it; of calls in parallel only that which was waited for counts.

export type Interval = { readonly fromUs: number; readonly toUs: number };

export type OnPath<Call> = Interval & { readonly call: Call };

/** Disjoint parts of `of`, the last one first; the rest of it lies in no call. */
export function criticalPath<Call extends Interval>(of: Interval, calls: readonly Call[]): OnPath<Call>[] {
  const path: OnPath<Call>[] = [];
  let at = of.toUs;
  for (const call of calls.toSorted((a, b) => b.toUs - a.toUs)) {
    const toUs = Math.min(call.toUs, at);
    const fromUs = Math.max(call.fromUs, of.fromUs);
    if (toUs <= fromUs) continue;
    path.push({ call, fromUs, toUs });
    at = fromUs;
  }
  return path;
}

/** What of it lies in none of the pieces of its critical path. @param path the last piece first */
export function gapsIn(of: Interval, path: readonly Interval[]): Interval[] {
  const gaps: Interval[] = [];
  let at = of.toUs;
  for (const piece of path) {
    if (piece.toUs < at) gaps.push({ fromUs: piece.toUs, toUs: at });
    at = piece.fromUs;
  }
  if (at > of.fromUs) gaps.push({ fromUs: of.fromUs, toUs: at });
  return gaps;
}
