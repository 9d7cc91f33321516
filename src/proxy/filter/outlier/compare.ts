// Compares a service's endpoints with each other, each interval once for the whole host: whose success rate lies far below
// the others', and whose median latency is a multiple of the others'. Which worker does it is whoever comes first.

import type { EndpointStatistics } from "../../../model/page/statistics.ts";
import { stamp } from "../../../model/page/verdict.ts";
import type { OutlierEjection } from "../../../model/traffic-policy.ts";
import { slotOf } from "../../policy/service.ts";
import type { Core, Destination, ServiceState } from "../../shapes.ts";
import { hostMs } from "../../time.ts";
import { eject } from "./eject.ts";

/** fewer requests in an interval say nothing about a rate or a median */
const ENOUGH = 20;
/** a deviation needs some to deviate from */
const PEERS = 3;

/** @param destinations of the service, one for each port */
export function compare(
  core: Core,
  policy: OutlierEjection,
  service: ServiceState,
  destinations: Iterable<Destination>,
): void {
  if (service.slot < 0 || (policy.successRateDeviations === 0 && policy.latencyFactor === 0)) return;
  if (!takeInterval(core, service.slot, policy.intervalMs)) return;
  for (const destination of destinations) {
    const { backends } = destination;
    const slots = backends.map((backend) => slotOf(core, backend));
    if (slots.some((slot) => slot < 0)) continue;
    const figures = slots.map((slot) => core.deps.page.statistics.take(slot));
    for (const { at, reason } of outliers(figures, policy)) {
      const backend = backends[at];
      if (backend) eject(core, policy, destination, backend, reason);
    }
  }
}

function takeInterval(core: Core, slot: number, intervalMs: number): boolean {
  const { words, wordsEach } = core.deps.page.services;
  const now = stamp(hostMs(core));
  const before = Atomics.load(words, slot * wordsEach);
  if (before !== 0 && ((now - before) | 0) < intervalMs) return false;
  // the first interval begins now
  return Atomics.compareExchange(words, slot * wordsEach, before, now) === before && before !== 0;
}

export type Outlier = { readonly at: number; readonly reason: string };

/** The worst first. */
export function outliers(
  figures: readonly EndpointStatistics[],
  { successRateDeviations, latencyFactor }: Pick<OutlierEjection, "successRateDeviations" | "latencyFactor">,
): Outlier[] {
  const found: (Outlier & { readonly badness: number })[] = [];
  const rated = figures
    .map(({ successes, failures }, at) => ({ at, rate: successes / (successes + failures), all: successes + failures }))
    .filter(({ all }) => all >= ENOUGH);
  if (successRateDeviations > 0 && rated.length >= PEERS) {
    for (const { at, rate } of rated) {
      // against the others alone: in a small group one bad rate would widen the deviation that it is measured by
      const others = rated.filter((other) => other.at !== at).map(({ rate }) => rate);
      const mean = others.reduce((sum, one) => sum + one, 0) / others.length;
      const variance = others.reduce((sum, one) => sum + (one - mean) ** 2, 0) / others.length;
      // equal rates have no deviation; one failure more than they have is none either
      const deviation = Math.max(Math.sqrt(variance), 0.02);
      if (rate < mean - successRateDeviations * deviation) {
        const reason = `it answers ${percent(rate)} well, its peers ${percent(mean)}`;
        found.push({ at, reason, badness: (mean - rate) / deviation });
      }
    }
  }
  if (latencyFactor > 0) {
    const timed = figures.map(({ successes, medianMs }, at) => ({ at, medianMs, successes }));
    const enough = timed.filter(({ successes }) => successes >= ENOUGH);
    for (const { at, medianMs } of enough) {
      const others = enough.filter((other) => other.at !== at).map((other) => other.medianMs);
      if (others.length === 0 || found.some((other) => other.at === at)) continue;
      const peers = others.sort((a, b) => a - b)[others.length >> 1] as number;
      if (medianMs > latencyFactor * peers) {
        const reason = `its median is ${medianMs.toPrecision(2)} ms, its peers' ${peers.toPrecision(2)} ms`;
        found.push({ at, reason, badness: medianMs / peers });
      }
    }
  }
  return found.sort((a, b) => b.badness - a.badness);
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)} %`;
}
