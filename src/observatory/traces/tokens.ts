// What a call and the request that caused it may share: ids in their paths, and a trace id that the application passed on.
// As numbers that mean nothing elsewhere; they are kept no longer than the exchange is stitched.
import type { SpanColumns } from "../../model/span-buffer.ts";

/** of a path that are looked at */
const MOST_IDS = 3;

/** What stands in a path where others have something else. */
export function pathTokens(path: string, into: number[]): void {
  let left = MOST_IDS;
  for (const segment of path.split("/")) {
    if (left === 0 || !isId(segment)) continue;
    into.push(Bun.hash.crc32(segment) || 1);
    left--;
  }
}

/** Segments with a digit in them but for `v1` and its like, and very long ones. */
function isId(segment: string): boolean {
  return segment.length >= 24 || (/\d/.test(segment) && !/^[vV]\d{1,2}$/.test(segment));
}

/** 53 bits of the trace's id, never 0 */
export function traceToken({ trace1, trace2, trace3 }: SpanColumns, row: number): number {
  return (
    (((trace2[row] as number) ^ (trace1[row] as number)) & 0x1fffff) * 0x1_0000_0000 + (trace3[row] as number) || 1
  );
}

/** The path without what `pathTokens` takes for ids: what all calls of a kind have in common. */
export function wordsOf(path: string): string {
  return path
    .split("/", 6)
    .map((segment) => (isId(segment) ? "*" : segment))
    .join("/");
}
