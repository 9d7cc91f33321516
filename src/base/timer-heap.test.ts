// The order in which timers fall due.
import { expect, test } from "bun:test";
import { seededRandom } from "./random.ts";
import { timerHeap } from "./timer-heap.ts";

test("entries come out by time, those of one time in the order they were put in, without the cancelled ones", () => {
  const random = seededRandom(1);
  const heap = timerHeap();
  const made = Array.from({ length: 500 }, (_, n) => ({
    n,
    entry: heap.push(Math.floor(random.unit() * 50), () => {}),
  }));
  for (const { n, entry } of made) if (n % 3 === 0) entry.run = undefined;

  const out: number[] = [];
  for (let entry = heap.pop(); entry; entry = heap.pop()) out.push(made.findIndex((it) => it.entry === entry));

  const wanted = made.filter(({ n }) => n % 3 !== 0).toSorted((a, b) => a.entry.at - b.entry.at || a.n - b.n);
  expect(out).toEqual(wanted.map(({ n }) => n));
});
