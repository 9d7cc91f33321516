// What a call and the request that caused it may share, as the workers hashed it, and a trace id that the application passed
// on. Numbers that mean nothing elsewhere; they are kept no longer than the exchange is stitched.
import { pairKey } from "../../base/pair-key.ts";
import type { SpanColumns } from "../../model/span-buffer.ts";

/** Segments with a digit in them but for `v1` and its like, and very long ones. */
function isId(segment: string): boolean {
  return segment.length >= 24 || (/\d/.test(segment) && !/^[vV]\d{1,2}$/.test(segment));
}

/** For a stitcher, see its Exchange. @param isTraceTold its trace id is of the application, or passed on by it */
export function tokensOf(columns: SpanColumns, row: number, isTraceTold: boolean): readonly number[] {
  const { requestId, tracer, credential, session, id0, id1, id2 } = columns;
  const of = (column: Uint32Array) => column[row] as number;
  return [
    ...[isTraceTold ? traceToken(columns, row) : 0, of(tracer), of(requestId)],
    ...[of(credential), of(session), of(id0), of(id1), of(id2)],
  ];
}

/** 53 bits of the trace's id, never 0 */
export function traceToken({ trace1, trace2, trace3 }: SpanColumns, row: number): number {
  return pairKey((trace2[row] as number) ^ (trace1[row] as number), trace3[row] as number) || 1;
}

/** The path without ids: what all calls of a kind have in common. */
export function wordsOf(path: string): string {
  return path
    .split("/", 6)
    .map((segment) => (isId(segment) ? "*" : segment))
    .join("/");
}
