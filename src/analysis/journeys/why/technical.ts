// Which exposures explain the loss, each lost journey counted once; and how much may be technical at most.
import type { Random } from "../../../base/random.ts";
import { adjusted, FEW, Z95 } from "../../statistics/proportion.ts";
import type { Attribute } from "../log.ts";
import { type Agreement, beforeAndAfter, doseResponse } from "./agreement.ts";
import type { AtRisk } from "./at-risk.ts";
import { type Contrast, contrast, type Records } from "./contrast.ts";
import type { Rise } from "./deployed.ts";
import type { Exposure } from "./exposures.ts";
import { strataOf } from "./strata.ts";

export type Accepted = {
  readonly exposure: Exposure;
  readonly contrast: Contrast;
  readonly p: number;
  readonly onset: { readonly agreement: Agreement; readonly at: number | undefined };
  readonly dose: Agreement;
};

const SIGNIFICANT = 0.01;
/** Share of the loss below which an exposure is not worth a sentence. */
const WORTH = 0.02;
const MOST = 3;

export type Weighed = { readonly exposure: Exposure; readonly contrast: Contrast; readonly p: number };

/** All exposures by formula, p adjusted for all of them. */
export function weigh(
  exposures: readonly Exposure[],
  risk: AtRisk,
  covariates: readonly Attribute[],
  taken: ReadonlySet<number>,
): Weighed[] {
  const contrasts = exposures.map((exposure) => contrast(recordsOf(exposure, risk, covariates, taken)));
  const ps = adjusted(contrasts.map(({ p }) => p));
  return exposures.map((exposure, at) => ({ exposure, contrast: contrasts[at]!, p: ps[at]! }));
}

export function explanations(
  exposures: readonly Exposure[],
  risk: AtRisk,
  covariates: readonly Attribute[],
  random: Random,
): Accepted[] {
  const accepted: Accepted[] = [];
  const taken = new Set<number>();
  while (accepted.length < MOST) {
    const next = strongest(weigh(exposures, risk, covariates, taken), risk);
    if (!next) break;
    const records = recordsOf(next.exposure, risk, covariates, taken);
    const sure = contrast(records, random);
    if (sure.interval[0] <= 0) break;
    accepted.push({ ...next, contrast: sure });
    for (const [index, number] of next.exposure.touch.cases.entries()) if (next.exposure.met[index]) taken.add(number);
  }
  return accepted;
}

function strongest(weighed: readonly Weighed[], risk: AtRisk): Accepted | undefined {
  const fit = weighed
    .filter(
      ({ contrast, p }) => p < SIGNIFICANT && contrast.exposed >= FEW && contrast.attributable > WORTH * risk.lost,
    )
    // A failure or slowness says more than the place where it happens.
    .sort((a, b) => rank(b) - rank(a));
  for (const one of fit) {
    const onset = beforeAndAfter(one.exposure, one.contrast.difference);
    const dose = doseResponse(one.exposure);
    if (onset.agreement === "contradicts" || dose === "contradicts") continue;
    return { ...one, onset, dose };
  }
  return undefined;
}

function rank({ exposure, contrast }: Weighed): number {
  return contrast.attributable * (exposure.kind === "place" ? 0.7 : 1);
}

/**
 * Who met it at his first, second, … request of the kind, against who made as many and had not met it by then. Cases that another
 * finding has taken are left out.
 */
function recordsOf(
  { touch, met, kind }: Exposure,
  risk: AtRisk,
  covariates: readonly Attribute[],
  taken: ReadonlySet<number>,
): Records {
  const strata = strataOf(touch, covariates, kind === "place" ? met : undefined);
  const hasMet = new Set(taken);
  const keep = [...touch.cases.keys()].filter((index) => {
    const number = touch.cases[index]!;
    if (hasMet.has(number)) return false;
    if (met[index]) hasMet.add(number);
    return true;
  });
  return {
    met: Uint8Array.from(keep, (index) => met[index] as number),
    lost: keep.map((index) => touch.lost[index]!),
    stratum: Uint16Array.from(keep, (index) => strata.of[index] as number),
    strata: strata.count,
    visitor: keep.map((index) => risk.visitorOf[touch.cases[index]!]!),
  };
}

/** Less of an exposure than this with something to compare it with says nothing about it. */
const COMPARABLE = 0.5;

/**
 * Upper end of what failures and slowness explain together with a version that came, or one place at most, in journeys; `isWhole`:
 * there is no place, such as a version that replaced another, that cannot be compared with anything of the same time.
 */
export function technicalBound(
  exposures: readonly Exposure[],
  risk: AtRisk,
  covariates: readonly Attribute[],
  rise: Rise,
) {
  let sum = 0;
  let variance = (rise.spread / Z95) ** 2;
  let place = 0;
  let isWhole = true;
  for (const exposure of exposures) {
    const { attributable, error, exposed, comparable } = contrast(recordsOf(exposure, risk, covariates, new Set()));
    if (exposure.kind === "place") {
      if (comparable < COMPARABLE) isWhole = false;
      // A place that has nearly all is compared with the few others: they would be the finding.
      if (exposed <= exposure.met.length / 2) place = Math.max(place, attributable + Z95 * error);
      continue;
    }
    sum += attributable;
    variance += error ** 2;
  }
  const spread = Z95 * Math.sqrt(variance);
  const estimate = Math.max(0, sum) + rise.estimate;
  return { estimate, spread, upper: Math.max(estimate + spread, place), isWhole };
}
