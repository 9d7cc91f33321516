// From keys to visitors: rows of one key are one visitor, and so are keys that were told to belong together.
import type { VisitChunk, VisitTable } from "../../../model/visits.ts";

export type Numbered = {
  /** by row of `eachVisit`, from 0 to before `count` */
  readonly of: Uint32Array;
  readonly count: number;
};

/** Calls `visit` with every row of the table's window, in the order of the chunks. */
export function eachVisit(
  { chunks, fromMs, toMs }: Pick<VisitTable, "chunks" | "fromMs" | "toMs">,
  visit: (chunk: VisitChunk, row: number) => void,
): void {
  for (const chunk of chunks) {
    for (let row = 0; row < chunk.rows; row++) {
      const atMs = chunk.timesMs[row] as number;
      if (atMs >= fromMs && atMs < toMs) visit(chunk, row);
    }
  }
}

export function numberVisitors(table: VisitTable): Numbered {
  const keys = keyTable();
  const sets = disjointSets();
  const rows = table.chunks.reduce((sum, { rows }) => sum + rows, 0);
  const of = new Uint32Array(rows);
  let at = 0;
  eachVisit(table, ({ visitor0, visitor1, joins0, joins1 }, row) => {
    const one = keys.number(visitor0[row] as number, visitor1[row] as number);
    of[at++] = one;
    const [high, low] = [joins0[row] as number, joins1[row] as number];
    if (high !== 0 || low !== 0) sets.join(one, keys.number(high, low));
  });

  const named = new Int32Array(keys.size()).fill(-1);
  let count = 0;
  for (let row = 0; row < at; row++) {
    const first = sets.first(of[row] as number);
    if (named[first] === -1) named[first] = count++;
    of[row] = named[first] as number;
  }
  return { of: of.subarray(0, at), count };
}

/** Numbers for keys of 64 bits, in open addressing: a Map of strings or BigInts takes ten times the time and memory. */
function keyTable() {
  let mask = (1 << 16) - 1;
  let high = new Uint32Array(mask + 1);
  let low = new Uint32Array(mask + 1);
  let numbers = new Uint32Array(mask + 1); // from 1; 0: free
  let size = 0;

  const slotOf = (wantedHigh: number, wantedLow: number): number => {
    let slot = (wantedLow ^ (wantedHigh >>> 7)) & mask;
    while (numbers[slot] !== 0 && (high[slot] !== wantedHigh || low[slot] !== wantedLow)) slot = (slot + 1) & mask;
    return slot;
  };

  const grow = () => {
    const [oldHigh, oldLow, oldNumbers] = [high, low, numbers];
    mask = mask * 2 + 1;
    high = new Uint32Array(mask + 1);
    low = new Uint32Array(mask + 1);
    numbers = new Uint32Array(mask + 1);
    for (let at = 0; at < oldNumbers.length; at++) {
      if (oldNumbers[at] === 0) continue;
      const slot = slotOf(oldHigh[at] as number, oldLow[at] as number);
      high[slot] = oldHigh[at] as number;
      low[slot] = oldLow[at] as number;
      numbers[slot] = oldNumbers[at] as number;
    }
  };

  return {
    size: () => size,
    number(wantedHigh: number, wantedLow: number): number {
      const slot = slotOf(wantedHigh, wantedLow);
      const known = numbers[slot] as number;
      if (known !== 0) return known - 1;
      high[slot] = wantedHigh;
      low[slot] = wantedLow;
      numbers[slot] = ++size;
      if (size * 2 > mask) grow();
      return size - 1;
    },
  };
}

function disjointSets() {
  const above = new Map<number, number>();
  const first = (one: number): number => {
    let at = one;
    for (let next = above.get(at); next !== undefined; next = above.get(at)) at = next;
    for (let walk = one; walk !== at; ) {
      const next = above.get(walk) as number;
      above.set(walk, at);
      walk = next;
    }
    return at;
  };
  return {
    first,
    join(a: number, b: number) {
      const [one, other] = [first(a), first(b)];
      if (one !== other) above.set(Math.max(one, other), Math.min(one, other));
    },
  };
}
