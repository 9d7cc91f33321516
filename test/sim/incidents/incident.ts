// One incident from a seed: a system, its load, what goes wrong in it and when, and what is known of it afterwards, in the
// form in which recorded incidents are read. The same seed gives the same incident.
import type { Facts, ServiceFacts, Symptom } from "../../../src/analysis/why/facts.ts";
import { type Draw, draws } from "../draw.ts";
import { expect } from "./expect.ts";
import { FAULTS, type Fault, type Trouble } from "./faults.ts";
import { simulate } from "./simulate.ts";
import type { System } from "./system.ts";
import { drawSystem, type Size } from "./topology.ts";

export type Incident = {
  readonly seed: number;
  readonly size: Size;
  /** the faults' names joined; `nothing` */
  readonly fault: string;
  readonly isRamp: boolean;
  /** the same was there before for a while, in the baseline */
  readonly wasBefore: boolean;
  readonly facts: Facts;
  readonly symptom: Symptom;
  /** of each fault the services that a right answer names; empty: nothing is wrong */
  readonly culprits: readonly (readonly number[])[];
  /** sample at which it began */
  readonly onset: number;
  /** the last time each service was deployed, by sample; it had no effect, or caused the fault */
  readonly deployments: readonly { readonly service: number; readonly sample: number }[];
};

export type Wanted = { readonly fault?: string; readonly size?: Size; readonly wasBefore?: boolean };

const WARM_UP = 3;
const USUAL = 60;
/** standard deviations: once in a thousand */
const BEYOND_CHANCE = 3.09;
const WINDOW = 20;
/** simulated requests of a case, all services together: what it costs */
const REQUESTS = { small: 60_000, middle: 120_000, large: 240_000 } as const;

/** undefined: what was drawn has no symptom that anybody would ask about. */
export function drawIncident(seed: number, wanted: Wanted = {}): Incident | undefined {
  const draw = draws(seed);
  const size = wanted.size ?? draw.pick(["small", "middle", "large"] as const);
  const intervals = WARM_UP + USUAL + WINDOW;
  const intervalMs = draw.pick([5_000, 10_000, 30_000]);
  const system = drawSystem(draw.fork("system"), size, REQUESTS[size], (intervals * intervalMs) / 1000);
  const troubles = drawTroubles(draw.fork("fault"), system, wanted.fault);
  if (!troubles) return undefined;
  const onset = USUAL + draw.below(8);
  const rampSamples = draw.chance(0.25) ? 4 + draw.below(8) : 0;
  const before = drawBefore(draw.fork("before"), wanted.wasBefore);
  const seen = simulate(
    system,
    {
      intervals,
      intervalMs,
      turn(interval) {
        const age = interval - WARM_UP - onset;
        const ageBefore = interval - WARM_UP - before.from;
        const isBefore = ageBefore >= 0 && ageBefore < before.samples;
        const strength = age < 0 ? (isBefore ? 1 : 0) : rampSamples === 0 ? 1 : Math.min(1, (age + 1) / rampSamples);
        for (const { trouble } of troubles) trouble.apply(strength);
      },
    },
    draw.fork("run"),
  );
  const services = system.services.map(({ name }, at) => seen.series(at, name, WARM_UP));
  const symptom = drawSymptom(draw.fork("symptom"), system, services, { onset, isQuiet: troubles.length === 0 });
  if (!symptom) return undefined;
  forget(draw.fork("missing"), services);
  const times = Float64Array.from({ length: USUAL + WINDOW }, (_, i) => 1_700_000_000 + (i * intervalMs) / 1000);
  return {
    ...{ seed, size, isRamp: rampSamples > 0 && troubles.length > 0, onset },
    wasBefore: before.samples > 0 && troubles.length > 0,
    fault: troubles.map(({ name }) => name).join(" + ") || "nothing",
    facts: { services, edges: edgesOf(system), times, usual: USUAL, intervalS: intervalMs / 1000 },
    symptom: { ...symptom, at: times.at(-1) as number },
    culprits: troubles.map(({ trouble }) => trouble.culprits),
    deployments: drawDeployments(draw.fork("deployments"), troubles, onset, services.length),
  };
}

/** One in eight came before, and was over again well before the window. */
function drawBefore(draw: Draw, wanted: boolean | undefined): { readonly from: number; readonly samples: number } {
  const isDrawn = draw.chance(1 / 8);
  const [from, samples] = [5 + draw.below(30), 4 + draw.below(12)];
  return { from, samples: (wanted ?? isDrawn) ? samples : 0 };
}

type Named = { readonly name: string; readonly trouble: Trouble };

/** One, two at once, or none. */
function drawTroubles(draw: Draw, system: System, wanted: string | undefined): Named[] | undefined {
  if (wanted === "nothing" || (wanted === undefined && draw.chance(0.15))) return [];
  const expected = expect(system);
  const reached = waitedFor(system);
  const pick = (): Fault | undefined =>
    wanted === undefined ? draw.pick(FAULTS) : FAULTS.find(({ name }) => name === wanted);
  const count = wanted === undefined && draw.chance(0.1) ? 2 : 1;
  const found: Named[] = [];
  for (let tries = 0; found.length < count && tries < 10; tries++) {
    const fault = pick();
    const trouble = fault?.begin({ draw, system, expected, reached });
    const isOther = found.every(({ trouble: other }) => !trouble?.culprits.some((at) => other.culprits.includes(at)));
    if (fault && trouble && isOther) found.push({ name: fault.name, trouble });
  }
  return found.length === count ? found : undefined;
}

/** Services that some entry's requests wait for. */
function waitedFor({ services, entries }: System): number[] {
  const found = new Set<number>(entries);
  // a set is walked on to what is added meanwhile
  for (const at of found) {
    for (const { stages } of services[at]?.operations ?? []) for (const { to } of stages.flat()) found.add(to);
  }
  return [...found];
}

/** What somebody at an entry would complain about: worse by what matters, and not by chance. Of a quiet system, anything. */
function drawSymptom(
  draw: Draw,
  system: System,
  services: readonly ServiceFacts[],
  { onset, isQuiet }: { readonly onset: number; readonly isQuiet: boolean },
): Omit<Symptom, "at"> | undefined {
  const statistic = draw.pick(["mean", "p90", "p95", "p99"] as const);
  if (isQuiet) {
    return { service: draw.pick(system.entries), metric: draw.pick(["latency", "availability"] as const), statistic };
  }
  const seen = system.entries.flatMap((service) => {
    const { latency, availability } = services[service] as ServiceFacts;
    const slower = typical(latency[statistic], onset, Number.POSITIVE_INFINITY) / typical(latency[statistic], 0, onset);
    const failing = typical(availability, 0, onset) - typical(availability, onset, Number.POSITIVE_INFINITY);
    return [
      ...(slower > 1.3 && isBeyondChance(latency[statistic], onset)
        ? [{ service, metric: "latency" as const, statistic }]
        : []),
      ...(failing > 0.01 &&
      isBeyondChance(
        availability.map((share) => 1 - share),
        onset,
      )
        ? [{ service, metric: "availability" as const, statistic }]
        : []),
    ];
  });
  return seen.length > 0 ? draw.pick(seen) : undefined;
}

/** Higher from `onset` on than before by the ranks of the samples: Mann and Whitney, Ann. Math. Stat. 1947. */
function isBeyondChance(series: Float64Array, onset: number): boolean {
  const numbers = (part: Float64Array) => part.filter((value) => !Number.isNaN(value));
  const [before, after] = [numbers(series.subarray(0, onset)), numbers(series.subarray(onset))];
  let above = 0;
  for (const one of after) for (const other of before) above += one > other ? 1 : one === other ? 0.5 : 0;
  const pairs = before.length * after.length;
  const deviation = Math.sqrt((pairs * (before.length + after.length + 1)) / 12);
  return above - pairs / 2 > BEYOND_CHANCE * deviation;
}

function typical(series: Float64Array, from: number, to: number): number {
  const sorted = series
    .slice(from, Math.min(to, series.length))
    .filter((value) => !Number.isNaN(value))
    .sort();
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function edgesOf({ services }: System): [number, number][] {
  return services.flatMap(({ operations }, at) => {
    const calls = operations.flatMap(({ stages, later }) => [...stages.flat(), ...later]);
    return [...new Set(calls.map(({ to }) => to))].map((to): [number, number] => [at, to]);
  });
}

/** Samples that never came. */
function forget(draw: Draw, services: readonly ServiceFacts[]): void {
  if (!draw.chance(0.3)) return;
  const share = draw.wide(0.005, 0.1);
  for (const { requests, availability, latency } of services) {
    for (let i = 0; i < requests.length; i++) {
      if (!draw.chance(share)) continue;
      for (const series of [requests, availability, ...Object.values(latency)]) series[i] = Number.NaN;
    }
  }
}

/** People deploy all the time; every third fault came with a deployment, and others come shortly before one. */
function drawDeployments(draw: Draw, troubles: readonly Named[], onset: number, services: number) {
  const innocent = Array.from({ length: 1 + draw.below(4) }, () => ({
    service: draw.below(services),
    sample: Math.max(0, onset + 3 - draw.below(33)),
  }));
  const guilty = troubles.flatMap(({ trouble }) =>
    draw.chance(0.33) ? [{ service: trouble.culprits[0] as number, sample: onset }] : [],
  );
  return [...innocent, ...guilty];
}
