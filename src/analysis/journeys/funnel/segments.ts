// The funnel by values of an attribute, and which of them differ from the rest.
import { adjusted, differenceP, FEW, wilson } from "../../statistics/proportion.ts";
import type { Attribute } from "../log.ts";
import type { Attempt } from "./attempts.ts";
import type { Segment } from "./types.ts";

/** Which event of an attempt says the value: that of the first step, of the last one reached, or of step n (from 1). */
export type Attribution = "first" | "last" | number;

export type SegmentCounts = { add(attempt: Attempt): void; segments(): Segment[] };

const MOST = 20;
const SIGNIFICANT = 0.05;

/** An attempt that never came to step n is not in any segment. */
export function segmentCounts({ codes, values }: Attribute, steps: number, attribution: Attribution): SegmentCounts {
  const reached = values.map(() => new Uint32Array(steps));
  return {
    add({ depth, positions }) {
      const step = attribution === "first" ? 1 : attribution === "last" ? depth : attribution;
      if (step > depth) return;
      const counts = reached[codes[positions[step - 1] as number] as number] as Uint32Array;
      for (let at = 0; at < depth; at++) counts[at] = (counts[at] as number) + 1;
    },
    segments() {
      const all = [...reached.keys()]
        .filter((code) => reached[code]?.[0])
        .sort((a, b) => (reached[b]?.[0] ?? 0) - (reached[a]?.[0] ?? 0) || (values[a]! < values[b]! ? -1 : 1));
      const shown = all.slice(0, MOST).map((code) => ({ value: values[code] || "(none)", counts: reached[code]! }));
      const rest = all.slice(MOST);
      if (rest.length > 0)
        shown.push({ value: `(${rest.length} others)`, counts: sum(rest.map((code) => reached[code]!)) });
      return compared(shown);
    },
  };

  function sum(counts: readonly Uint32Array[]) {
    return new Uint32Array(steps).map((_, step) => counts.reduce((total, one) => total + (one[step] as number), 0));
  }
}

function compared(shown: readonly { value: string; counts: Uint32Array }[]): Segment[] {
  const entered = shown.reduce((total, { counts }) => total + (counts[0] ?? 0), 0);
  const converted = shown.reduce((total, { counts }) => total + (counts.at(-1) ?? 0), 0);
  const sides = shown.map(({ counts }) => {
    const [own, done] = [counts[0] ?? 0, counts.at(-1) ?? 0];
    const isEnough = own >= FEW && entered - own >= FEW;
    return { own, done, p: isEnough ? differenceP(done, own, converted - done, entered - own) : 1 };
  });
  const ps = adjusted(sides.map(({ p }) => p));
  return shown.map(({ value, counts }, at) => {
    const { own, done } = sides[at]!;
    const rate = done / own;
    return {
      ...{ value, reached: [...counts], rate, interval: wilson(done, own), p: ps[at]! },
      differs: ps[at]! >= SIGNIFICANT ? null : rate * entered > converted ? "better" : "worse",
    };
  });
}
