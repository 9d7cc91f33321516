// Exposed against unexposed at the same risk, standardised: in each stratum the difference of the shares lost, weighted by how
// many exposed it has. That times the exposed is how many would not have been lost: the attributable loss.
import type { Random } from "../../../base/random.ts";
import { twoSidedP } from "../../statistics/proportion.ts";

export type Records = {
  readonly met: Uint8Array;
  readonly lost: readonly number[];
  /** of which stratum; below `strata` */
  readonly stratum: Uint16Array;
  readonly strata: number;
  /** whose they are: drawn together */
  readonly visitor: readonly number[];
};

export type Contrast = {
  /** difference of the shares lost */
  readonly difference: number;
  readonly p: number;
  readonly exposed: number;
  /** of them, those in strata that have unexposed too, 0…1 */
  readonly comparable: number;
  /** lost journeys that the exposure explains, and the 95 % interval of that */
  readonly attributable: number;
  readonly interval: readonly [number, number];
  /** standard error of `attributable` by formula */
  readonly error: number;
};

const DRAWS = 300;
/** More records than that tell so much that a formula is as good as drawing. */
const MANY = 100_000;

type Table = {
  readonly exposed: Float64Array;
  readonly exposedLost: Float64Array;
  readonly others: Float64Array;
  readonly othersLost: Float64Array;
};

/** @param random for the bootstrap; without it the interval is by formula, which is enough to choose by */
export function contrast(records: Records, random?: Random): Contrast {
  const table = tabulated(records, () => 1);
  const { difference, attributable, exposed, comparable, error } = compared(table);
  const p = error > 0 ? twoSidedP(difference / error) : 1;
  const isLarge = records.lost.length > MANY;
  const spread = 1.96 * error * exposed;
  const byFormula = [attributable - spread, attributable + spread] as const;
  const interval = isLarge || !random ? byFormula : drawn(records, random);
  return { difference, p, exposed, comparable, attributable, interval, error: error * exposed };
}

function tabulated({ met, lost, stratum, strata, visitor }: Records, weightOf: (visitor: number) => number): Table {
  const fresh = () => new Float64Array(strata);
  const table = { exposed: fresh(), exposedLost: fresh(), others: fresh(), othersLost: fresh() };
  for (let at = 0; at < met.length; at++) {
    const weight = weightOf(visitor[at] as number);
    const group = stratum[at] as number;
    const [all, gone] = met[at] ? [table.exposed, table.exposedLost] : [table.others, table.othersLost];
    all[group] = (all[group] as number) + weight;
    if (lost[at]) gone[group] = (gone[group] as number) + weight;
  }
  return table;
}

/** A stratum without unexposed has nothing to be compared with, and what is lost in it is not laid to the exposure. */
function compared({ exposed, exposedLost, others, othersLost }: Table) {
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const all = sum(exposed);
  let attributable = 0;
  let matched = 0;
  let variance = 0;
  for (let group = 0; group < exposed.length; group++) {
    const own = exposed[group] as number;
    if (own === 0) continue;
    const [base, baseLost] = [others[group] as number, othersLost[group] as number];
    if (base === 0) continue;
    matched += own;
    const share = (exposedLost[group] as number) / own;
    const baseShare = baseLost / base;
    attributable += own * (share - baseShare);
    // Agresti & Caffo's one more of each keeps the variance of few above nothing.
    const near = ((exposedLost[group] as number) + 1) / (own + 2);
    const nearBase = (baseLost + 1) / (base + 2);
    variance += own ** 2 * ((near * (1 - near)) / own + (nearBase * (1 - nearBase)) / base);
  }
  const exposedCount = Math.max(1e-9, all);
  return {
    ...{
      attributable,
      exposed: all,
      comparable: matched / Math.max(1e-9, all),
      difference: attributable / exposedCount,
    },
    error: Math.sqrt(variance) / exposedCount,
  };
}

/** Visitors are drawn with replacement, each as often as a Poisson of mean one says. */
function drawn(records: Records, random: Random): [number, number] {
  const visitors = records.visitor.reduce((most, visitor) => Math.max(most, visitor), 0) + 1;
  const weights = new Uint8Array(visitors);
  const results = new Float64Array(DRAWS);
  for (let draw = 0; draw < DRAWS; draw++) {
    for (const visitor of records.visitor) weights[visitor] = 255;
    for (const visitor of records.visitor) if (weights[visitor] === 255) weights[visitor] = poisson(random.unit());
    results[draw] = compared(tabulated(records, (visitor) => weights[visitor] as number)).attributable;
  }
  results.sort();
  return [results[Math.floor(DRAWS * 0.025)] as number, results[Math.ceil(DRAWS * 0.975) - 1] as number];
}

/** Of mean one, by inversion. */
function poisson(unit: number): number {
  let count = 0;
  let term = Math.exp(-1);
  for (let sum = term; unit > sum && count < 12; sum += term) term /= ++count;
  return count;
}
