// Ids of traces and spans as people write them, and as words of columns.
import type { SpanColumn } from "../../model/span.ts";

/** Hex digits of an id's beginning, as a condition on each word: from … to, inclusive. */
export type IdPrefix = readonly (readonly [from: number, to: number])[];

export const TRACE_WORDS = ["trace0", "trace1", "trace2", "trace3"] as const satisfies readonly SpanColumn[];
export const CLIENT_WORDS = ["client0", "client1"] as const satisfies readonly SpanColumn[];
export const SERVER_WORDS = ["server0", "server1"] as const satisfies readonly SpanColumn[];

/** @param digits lower-case hex */
export function idPrefix(digits: string): IdPrefix {
  const words: [number, number][] = [];
  for (let at = 0; at < digits.length; at += 8) {
    const word = digits.slice(at, at + 8);
    words.push([Number.parseInt(word.padEnd(8, "0"), 16), Number.parseInt(word.padEnd(8, "f"), 16)]);
  }
  return words;
}

export type IdMatch = { readonly words: readonly SpanColumn[]; readonly prefix: IdPrefix };

/** What an id may name: a trace, or else the one that an exchange belongs to, by either of its spans. An exchange's first trace
 *  id ends with its client span.
 *  @param digits lower-case hex, its beginning @returns in the order in which they are meant */
export function idMatches(digits: string): (readonly IdMatch[])[] {
  const prefix = idPrefix(digits);
  const trace = [{ words: TRACE_WORDS, prefix }];
  if (digits.length === 32) return [trace, [{ words: CLIENT_WORDS, prefix: idPrefix(digits.slice(16)) }]];
  if (digits.length > 16) return [trace];
  return [
    trace,
    [
      { words: CLIENT_WORDS, prefix },
      { words: SERVER_WORDS, prefix },
    ],
  ];
}

export function idTest({
  words,
  prefix,
}: IdMatch): (columns: Record<SpanColumn, ArrayLike<number>>, row: number) => boolean {
  return (columns, row) =>
    prefix.every(([from, to], i) => {
      const value = columns[words[i] as SpanColumn][row] as number;
      return value >= from && value <= to;
    });
}
