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

/** The worst first; those by success rate before those by latency. */
export function outliers(
  figures: readonly EndpointStatistics[],
  { successRateDeviations, latencyFactor }: Pick<OutlierEjection, "successRateDeviations" | "latencyFactor">,
): Outlier[] {
  const all = figures.map(({ successes, failures, medianMs }, at) => ({ at, successes, failures, medianMs }));
  const failing =
    successRateDeviations === 0
      ? []
      : worstOnes(
          all
            .filter(({ successes, failures }) => successes + failures >= ENOUGH)
            .map(({ at, successes, failures }) => ({ at, value: successes / (successes + failures) })),
          PEERS,
          (rate, others) => successRate(rate, others, successRateDeviations),
        );
  const slow =
    latencyFactor === 0
      ? []
      : worstOnes(
          all
            .filter(({ at, successes }) => successes >= ENOUGH && !failing.some((one) => one.at === at))
            .map(({ at, medianMs }) => ({ at, value: medianMs })),
          2,
          (medianMs, others) => latency(medianMs, others, latencyFactor),
        );
  return [...failing, ...slow];
}

type Judgement = { readonly badness: number; readonly reason: string };
type One = { readonly at: number; readonly value: number };

/** One after the other, because a very bad one makes the next look harmless as long as it counts among the peers. */
function worstOnes(
  ones: readonly One[],
  atLeast: number,
  judge: (value: number, others: readonly number[]) => Judgement | undefined,
): Outlier[] {
  const found: Outlier[] = [];
  for (let left = ones; left.length >= atLeast; ) {
    let worst: (Judgement & { at: number }) | undefined;
    for (const one of left) {
      // against the others alone: in a small group a bad one would widen the deviation that it is measured by
      const others = left.filter((other) => other !== one).map(({ value }) => value);
      const judgement = judge(one.value, others);
      if (judgement && judgement.badness > (worst?.badness ?? 0)) worst = { ...judgement, at: one.at };
    }
    if (!worst) break;
    const { at, reason } = worst;
    found.push({ at, reason });
    left = left.filter((one) => one.at !== at);
  }
  return found;
}

/** equal rates have no deviation; one failure more than they have is none either */
const LEAST_DEVIATION = 0.02;

function successRate(rate: number, others: readonly number[], deviations: number): Judgement | undefined {
  const mean = others.reduce((sum, one) => sum + one, 0) / others.length;
  const variance = others.reduce((sum, one) => sum + (one - mean) ** 2, 0) / others.length;
  const badness = (mean - rate) / Math.max(Math.sqrt(variance), LEAST_DEVIATION);
  if (badness <= deviations) return undefined;
  return { badness, reason: `it answers ${percent(rate)} well, its peers ${percent(mean)}` };
}

function latency(medianMs: number, others: readonly number[], factor: number): Judgement | undefined {
  const peers = [...others].sort((a, b) => a - b)[others.length >> 1] as number;
  const badness = medianMs / peers;
  if (badness <= factor) return undefined;
  return { badness, reason: `its median is ${medianMs.toPrecision(2)} ms, its peers' ${peers.toPrecision(2)} ms` };
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)} %`;
}
