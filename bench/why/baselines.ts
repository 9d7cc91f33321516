// What others do, or would do in a minute: ways to rank services that our answer is held against. Each gives places in
// `facts.services`, the most suspicious first; empty: nothing is wrong.
import type { Series, Symptom } from "../../src/analysis/why/facts.ts";
import type { Incident } from "../../test/sim/incidents/incident.ts";

export type Baseline = { readonly name: string; readonly rank: (incident: Incident) => readonly number[] };

/** A service is anomalous from here on, in robust standard deviations. */
const ANOMALOUS = 3;

export const BASELINES: readonly Baseline[] = [
  { name: "largest robust z", rank: (incident) => descending(scores(incident)) },
  { name: "anomaly traversal", rank: traversal },
  { name: "correlation with the symptom", rank: (incident) => descending(correlations(incident)) },
  { name: "latest deployment", rank: latestDeployment },
];

/** From the target down anomalous callees; those without an anomalous callee are blamed. */
function traversal(incident: Incident): number[] {
  const { facts, symptom } = incident;
  const z = scores(incident);
  const isAnomalous = (at: number) => (z[at] as number) >= ANOMALOUS;
  if (!isAnomalous(symptom.service)) return [];
  const reached = new Set([symptom.service]);
  const blamed: number[] = [];
  for (const at of reached) {
    const callees = facts.edges.flatMap(([caller, callee]) => (caller === at && isAnomalous(callee) ? [callee] : []));
    if (callees.length === 0) blamed.push(at);
    for (const callee of callees) reached.add(callee);
  }
  return blamed.sort((a, b) => (z[b] as number) - (z[a] as number));
}

function latestDeployment({ deployments }: Incident): number[] {
  return [...deployments].sort((a, b) => b.sample - a.sample).map(({ service }) => service);
}

function scores({ facts, symptom }: Incident): number[] {
  return facts.services.map((service) => {
    const series = badness(service, symptom);
    const usual = known(series.subarray(0, facts.usual));
    const now = known(series.subarray(facts.usual));
    const middle = median(usual);
    const spread = 1.4826 * median(usual.map((value) => Math.abs(value - middle)));
    const above = median(now) - middle;
    return Number.isNaN(above) ? 0 : above / Math.max(spread, 1e-4);
  });
}

function correlations({ facts, symptom }: Incident): number[] {
  const target = badness(facts.services[symptom.service] as Incident["facts"]["services"][number], symptom);
  return facts.services.map((service) => pearson(badness(service, symptom), target));
}

function badness(service: Incident["facts"]["services"][number], { metric, statistic }: Symptom): Series {
  return metric === "latency" ? service.latency[statistic] : service.availability.map((share) => 1 - share);
}

function descending(values: readonly number[]): number[] {
  return values.map((_, at) => at).sort((a, b) => (values[b] as number) - (values[a] as number));
}

function known(series: Series): number[] {
  return [...series].filter((value) => !Number.isNaN(value));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function pearson(a: Series, b: Series): number {
  const both = [...a.keys()].filter((i) => !Number.isNaN(a[i]) && !Number.isNaN(b[i]));
  const mean = (series: Series) => both.reduce((sum, i) => sum + (series[i] as number), 0) / both.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [cross, squaresA, squaresB] = [0, 0, 0];
  for (const i of both) {
    const [left, right] = [(a[i] as number) - meanA, (b[i] as number) - meanB];
    cross += left * right;
    squaresA += left * left;
    squaresB += right * right;
  }
  return squaresA > 0 && squaresB > 0 ? cross / Math.sqrt(squaresA * squaresB) : 0;
}
