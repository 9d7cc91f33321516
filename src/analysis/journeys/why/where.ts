// What those have in common who met a cause: the service behind that failed or took the time, else a version or a place.
import type { Attribute } from "../log.ts";
import { valueText } from "./exposures.ts";
import type { Accepted } from "./technical.ts";

/** Of what is met, where a service behind is told of each request: more than all others together. */
const MOST = 0.5;
/** A version or place is told of every request, whether it has to do with it or not: nearly all who met it must have it … */
const NEARLY_ALL = 0.85;
/** … and not so many of everybody. */
const COMMON = 0.7;

/**
 * Looked at is what is met since it set in, beyond what was usual before: on a busy machine some are slow at any time, for reasons of
 * their own.
 */
export function whereOf({ exposure, onset }: Accepted, technical: readonly Attribute[]): string | null {
  const { attribute: own, touch } = exposure;
  const isSince = touch.times.map((time) => onset.at === undefined || time >= onset.at);
  for (const { name, values, codes } of technical) {
    if (name === own) continue;
    const excess = excessBy(
      exposure.met,
      isSince,
      touch.places.map((place) => codes[place] as number),
    );
    const all = sum(excess.values());
    const named = [...excess].map(([code, count]) => [values[code] as string, count] as const);
    // a service behind that was slow to some and failed others is one
    const [service, met] = largest(totals(named, ([value]) => serviceOf(value)));
    if (service !== "" && met > MOST * all) {
      return valueText(name, largest(new Map(named.filter(([value]) => serviceOf(value) === service)))[0]);
    }
    const [value, count] = largest(new Map(named));
    if (value === "" || serviceOf(value) !== "" || count < NEARLY_ALL * all) continue;
    const since = touch.places.filter((_, index) => isSince[index]);
    const having = since.filter((place) => values[codes[place] as number] === value);
    if (having.length < COMMON * since.length) return valueText(name, value);
  }
  return null;
}

/** By code: how many more of it were met since than would have been, had it gone on as before. */
function excessBy(met: Uint8Array, isSince: readonly boolean[], codes: readonly number[]): ReadonlyMap<number, number> {
  const since = isSince.filter(Boolean).length;
  const before = isSince.length - since;
  const excess = new Map<number, number>();
  for (const [index, code] of codes.entries()) {
    if (met[index]) excess.set(code, (excess.get(code) ?? 0) + (isSince[index] ? 1 : -since / before));
  }
  return excess;
}

function totals(
  named: readonly (readonly [string, number])[],
  groupOf: (one: readonly [string, number]) => string,
): ReadonlyMap<string, number> {
  return new Map(
    [...Map.groupBy(named, groupOf)].map(([group, those]) => [group, sum(those.map(([, count]) => count))]),
  );
}

function largest(counts: ReadonlyMap<string, number>): readonly [string, number] {
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ["", 0]);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** `402 at payment`; "": it is no such phrase */
function serviceOf(culprit: string): string {
  return culprit.split(" at ")[1] ?? "";
}
