// Groups of requests that are alike in what was so before them: where the exposed and the unexposed differ in these, the loss may
// come from there.
import type { Attribute } from "../log.ts";
import type { Touch } from "./at-risk.ts";

const MOST_VALUES = 12;
const MOST_ATTRIBUTES = 3;
const MOST_STRATA = 400;
const PERIODS = 8;
/** Who has made that many more of the same kind is like who has made more still. */
const MOST_BEFORE = 3;
/** As many cases there must be for each group: in smaller ones hardly anybody has somebody to be compared with. */
const CASES_A_STRATUM = 8;

/**
 * By index in the touch: the number of its stratum.
 * @param attributes of visitors, not of answers
 * @param place by index, 1 where it was met: only cases of a time at which both this place and others answered are alike, and of
 *   that only those of the same eighth. Else whatever changed when one version replaced another is laid to the version
 */
export function strataOf(
  touch: Touch,
  attributes: readonly Attribute[],
  place?: Uint8Array,
): { readonly of: Uint16Array; readonly count: number } {
  const most = Math.min(MOST_STRATA, touch.places.length / CASES_A_STRATUM);
  const used: Attribute[] = [];
  const before = touch.before.map((count) => Math.min(count, MOST_BEFORE));
  let groups = (place ? PERIODS : 1) * new Set(before).size;
  for (const attribute of attributes) {
    const values = new Set(touch.places.map((place) => attribute.codes[place]));
    if (values.size < 2 || values.size > MOST_VALUES || groups * values.size > most) continue;
    groups *= values.size;
    if (used.push(attribute) === MOST_ATTRIBUTES) break;
  }
  const periods = place && periodsOf(touch.times, place);
  const numbers = new Map<string, number>();
  const of = Uint16Array.from(touch.places, (place, index) => {
    const key = `${periods?.[index]} ${before[index]} ${used.map(({ codes }) => codes[place]).join(" ")}`;
    const number = numbers.get(key) ?? Math.min(numbers.size, MOST_STRATA);
    numbers.set(key, number);
    return number;
  });
  return { of, count: Math.min(numbers.size, MOST_STRATA + 1) };
}

/** Eighths of the time in which both were met; what is before and after it has nothing to be compared with. */
function periodsOf(times: readonly number[], met: Uint8Array): number[] {
  const [first, last] = [[Infinity, Infinity] as [number, number], [-Infinity, -Infinity] as [number, number]];
  for (const [index, time] of times.entries()) {
    const side = met[index] as 0 | 1;
    first[side] = Math.min(first[side], time);
    last[side] = Math.max(last[side], time);
  }
  const [from, to] = [Math.max(...first), Math.min(...last)];
  const together = times.filter((time) => time >= from && time <= to).sort((a, b) => a - b);
  const bounds = Array.from(
    { length: PERIODS - 1 },
    (_, at) => together[Math.floor(((at + 1) * together.length) / PERIODS)]!,
  );
  return times.map((time) => {
    if (time < from) return -1;
    return time > to ? PERIODS : bounds.filter((bound) => time >= bound).length;
  });
}
