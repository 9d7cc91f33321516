// An exchange that stands for others. Many are kept and few are shown: its ids are words of model/span.ts until then.
import { hexWords } from "../../base/hex.ts";
import type { Columns } from "./sums.ts";

/** By the ids of its trace and of its caller's span. */
export type Exemplar = { readonly durationUs: number } & { readonly [word in ExemplarWord]: number };

export const EXEMPLAR_WORDS = ["trace0", "trace1", "trace2", "trace3", "client0", "client1"] as const;
type ExemplarWord = (typeof EXEMPLAR_WORDS)[number];

/** Its ids as people write them: 32 and 16 hex digits. */
export function exemplarIds({ trace0, trace1, trace2, trace3, client0, client1 }: Exemplar) {
  return { traceId: hexWords(trace0, trace1, trace2, trace3), spanId: hexWords(client0, client1) };
}

/** Seldom: a cell of n exchanges in random order has some ln n of them. */
export function exemplarAt(columns: Columns, row: number): Exemplar {
  return {
    durationUs: columns.end[row] as number,
    trace0: columns.trace0[row] as number,
    trace1: columns.trace1[row] as number,
    trace2: columns.trace2[row] as number,
    trace3: columns.trace3[row] as number,
    client0: columns.client0[row] as number,
    client1: columns.client1[row] as number,
  };
}
