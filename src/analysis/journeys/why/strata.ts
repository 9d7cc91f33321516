// Groups of cases that are alike in what was so before the request: where the exposed and the unexposed differ in these, the
// loss may come from there.
import type { Attribute } from "../log.ts";
import type { Touch } from "./at-risk.ts";

const MOST_VALUES = 12;
const MOST_ATTRIBUTES = 3;
const MOST_STRATA = 400;
const PERIODS = 8;
/** As many cases there must be for each group: in smaller ones hardly anybody has somebody to be compared with. */
const CASES_A_STRATUM = 8;

/**
 * By index in the touch: the number of its stratum.
 * @param attributes of visitors, not of answers
 * @param isByTime only those of the same eighth of the time are alike: an old and a new version have to be compared as they
 *   run side by side, or whatever else changed meanwhile is laid to the version
 */
export function strataOf(
  touch: Touch,
  attributes: readonly Attribute[],
  isByTime: boolean,
): { readonly of: Uint16Array; readonly count: number } {
  const most = Math.min(MOST_STRATA, touch.places.length / CASES_A_STRATUM);
  const used: Attribute[] = [];
  let groups = isByTime ? PERIODS : 1;
  for (const attribute of attributes) {
    const values = new Set(touch.places.map((place) => attribute.codes[place]));
    if (values.size < 2 || values.size > MOST_VALUES || groups * values.size > most) continue;
    groups *= values.size;
    if (used.push(attribute) === MOST_ATTRIBUTES) break;
  }
  const sorted = Float64Array.from(touch.times).sort();
  const bounds = Array.from(
    { length: PERIODS - 1 },
    (_, at) => sorted[Math.floor(((at + 1) * sorted.length) / PERIODS)]!,
  );
  const numbers = new Map<string, number>();
  const of = Uint16Array.from(touch.places, (place, index) => {
    const period = isByTime ? bounds.filter((bound) => touch.times[index]! >= bound).length : 0;
    const key = `${period} ${used.map(({ codes }) => codes[place]).join(" ")}`;
    const number = numbers.get(key) ?? Math.min(numbers.size, MOST_STRATA);
    numbers.set(key, number);
    return number;
  });
  return { of, count: Math.min(numbers.size, MOST_STRATA + 1) };
}
