// For each bucket of a histogram one exchange that is in it, so that who sees the figure can look at a case of it.
import type { SpanColumns } from "../../model/span-buffer.ts";
import { exemplarAt, type Exemplar as Slowest } from "./exemplar.ts";

export type Exemplar = {
  of: Slowest;
  /** at which it ended, µs since 1970 */
  readonly endUs: number;
};

export type Exemplars = {
  /** one of the bucket, when the one there is older than some seconds */
  see(to: (Exemplar | undefined)[], bucket: number, columns: SpanColumns, row: number): void;
  /** an exchange has the id of its trace for good: it had one of its own until then */
  settle(columns: SpanColumns, row: number): void;
};

/** who scrapes comes every 15 s or so; each costs more than all else that is counted of an exchange */
const EACH_US = 5e6;
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
      const made = { of: exemplarAt(columns, row), endUs };
      to[bucket] = made;
      if (open.size >= MOST_OPEN) open.delete(open.keys().next().value as number);
      open.set(keyOf(columns, row), made);
    },
    settle(columns, row) {
      if (open.size === 0) return;
      const key = keyOf(columns, row);
      const found = open.get(key);
      if (!found) return;
      found.of = exemplarAt(columns, row);
      open.delete(key);
    },
  };
}
