// What workloads used of their host, by second.
import type { ResourceSample } from "../../model/resources.ts";
import type { UsedBy } from "../ledger/ledger.ts";

/** What workloads of a service, or the host, used before and since. */
export type Use = { readonly name: string; readonly before: readonly UsedBy[]; readonly during: readonly UsedBy[] };

/** undefined: the host does not tell */
export type Rates = (used: readonly UsedBy[]) => number | undefined;

export function difference(of: Rates, { before, during }: Use): number {
  return (of(during) ?? 0) - (of(before) ?? 0);
}

/** s a second, of all workloads */
export function seconds(used: readonly UsedBy[], counter: keyof ResourceSample): number | undefined {
  return over(rate(used, counter), 1e6);
}

export function rate(used: readonly UsedBy[], counter: keyof ResourceSample): number | undefined {
  const rates = used.flatMap(({ looked }) => {
    const told = looked.filter(({ rise }) => rise[counter] !== undefined);
    const us = told.reduce((sum, { fromUs, toUs }) => sum + toUs - fromUs, 0);
    return us > 0 ? [told.reduce((sum, { rise }) => sum + (rise[counter] ?? 0), 0) / (us / 1e6)] : [];
  });
  return rates.length > 0 ? rates.reduce((sum, one) => sum + one, 0) : undefined;
}

/** the mean of each, added up */
export function level(used: readonly UsedBy[]): number | undefined {
  const means = used.flatMap(({ looked }) => {
    const told = looked.flatMap(({ memoryBytes }) => (memoryBytes === undefined ? [] : [memoryBytes]));
    return told.length > 0 ? [told.reduce((sum, one) => sum + one, 0) / told.length] : [];
  });
  return means.length > 0 ? means.reduce((sum, one) => sum + one, 0) : undefined;
}

export function plus(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}

export function over(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value / by;
}
