// For each bucket of a histogram one exchange that is in it, so that who sees the figure can look at a case of it.
import type { SpanColumns } from "../../model/span-buffer.ts";
import { EXEMPLAR_WORDS, exemplarAt, type Exemplar as Slowest } from "./exemplar.ts";

/** @property endUs at which it ended, µs since 1970 */
export type Exemplar = { -readonly [Field in keyof Slowest]: Slowest[Field] } & { readonly endUs: number };

export type Exemplars = {
  /** one of the bucket, when the one there is older than a second */
  see(to: (Exemplar | undefined)[], bucket: number, columns: SpanColumns, row: number): void;
  /** an exchange has the id of its trace for good: it had one of its own until then */
  settle(columns: SpanColumns, row: number): void;
};

const EACH_US = 1e6;
/** whose trace is not settled yet: at most as long as exchanges wait for that */
const MOST_OPEN = 10_000;

export function exemplars(): Exemplars {
  const open = new Map<number, Exemplar>();
  // 53 of its 64 random bits are enough to find it, and a number costs nothing
  const keyOf = ({ client0, client1 }: SpanColumns, row: number) =>
    (client0[row] as number) * 0x20_0000 + ((client1[row] as number) & 0x1f_ffff);

  return {
    see(to, bucket, columns, row) {
      const durationUs = columns.end[row] as number;
      const endUs = (columns.startUs[row] as number) + durationUs;
      if (endUs - (to[bucket]?.endUs ?? 0) < EACH_US) return;
      const made = { ...exemplarAt(columns, row), endUs };
      to[bucket] = made;
      if (open.size >= MOST_OPEN) open.delete(open.keys().next().value as number);
      open.set(keyOf(columns, row), made);
    },
    settle(columns, row) {
      if (open.size === 0) return;
      const key = keyOf(columns, row);
      const found = open.get(key);
      if (!found) return;
      for (const word of EXEMPLAR_WORDS) found[word] = columns[word][row] as number;
      open.delete(key);
    },
  };
}
