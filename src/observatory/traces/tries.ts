// Tries that failed stand before the one that did not in the same worker's spans, under the trace id that the mesh gave them.
import { FLAG } from "../../model/span.ts";
import type { SpanColumns } from "../../model/span-buffer.ts";
import { traceToken } from "./tokens.ts";

/** calls whose last try has not come yet */
const MOST_OPEN = 4_096;

export type Tries = { see(id: number, columns: SpanColumns, row: number): void };

export function triesOf(tell: (id: number, lastTry: number) => void): Tries {
  const open = new Map<number, number[]>();
  return {
    see(id, columns, row) {
      const isTry = ((columns.flags[row] as number) & FLAG.attempt) !== 0;
      if (!isTry && (columns.attempts[row] as number) < 2) return;
      const call = traceToken(columns, row);
      const before = open.get(call);
      if (!isTry) {
        for (const one of before ?? []) tell(one, id);
        open.delete(call);
      } else if (before) before.push(id);
      else {
        if (open.size >= MOST_OPEN) open.delete(open.keys().next().value as number);
        open.set(call, [id]);
      }
    },
  };
}
