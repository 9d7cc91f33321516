// Why a service is slow or fails, from figures of each service and who calls whom. Pure. docs/why.md says what it rests on.
import { amounts, counted } from "./amounts.ts";
import type { Answer, Confidence, Finding, State } from "./answer.ts";
import { contributions } from "./contributions.ts";
import { FEWEST, withoutEarlier } from "./earlier.ts";
import type { Facts, Series, ServiceFacts, Symptom } from "./facts.ts";
import { withoutGaps } from "./gaps.ts";
import { illnesses } from "./illness.ts";
import { median } from "./robust.ts";
import { type Known, type Suspect, suspects } from "./suspects.ts";
import { badness, floorOf, type Sickness, sickness, UNSURE } from "./symptom.ts";
import { ASSUMPTIONS, amount, iso, leftOut, questionOf, SOME_ASSUMPTIONS, verdictOf } from "./words.ts";

const MOST_FINDINGS = 10;
/** samples: what is usual is not known better than roughly from fewer */
const SURE = 3 * FEWEST;
/** more requests than this, as a factor, is a load that explains saturation */
const SURGE = 1.3;
/** and beyond what chance adds to so many, in deviations */
const NO_CHANCE = 4;
/** A service that adds less than this share of the target's usual is no cause, however sure it is. */
const MATTERS = 0.03;
/** Latency that nobody accounts for stands out by so much more than it need, as a factor. */
const ALONE = 1.25;

/** @param known of the running mesh, besides the figures */
export function why(given: Facts, symptom: Symptom, known: Known = {}): Answer {
  const facts = withoutEarlier(withoutGaps(given), symptom);
  const target = facts.services[symptom.service] as ServiceFacts;
  const { left = [] } = facts;
  const name = symptom.called ?? target.name;
  const times = [...facts.times];
  const common = {
    schema: "meshwise.dev/answer/v1",
    asOf: iso(times.at(-1)),
    question: questionOf(name, symptom),
    window: { from: iso(times[facts.usual]), to: iso(times.at(-1)) },
    baseline: { from: iso(times[0]), to: iso(times[facts.usual - 1]), ...(left.length > 0 && { without: left }) },
    coverage: { missing: missing(given) },
    assumptions: [...(symptom.called === undefined ? ASSUMPTIONS : SOME_ASSUMPTIONS), ...left.map(leftOut)],
  } as const;
  const silent = { confidence: "low", findings: [], ruledOut: [] } as const;

  const samples = (series: Series) => series.filter((value) => !Number.isNaN(value)).length;
  const figures = badness(given.services[symptom.service] as ServiceFacts, symptom);
  if (
    samples(figures.subarray(0, given.usual)) < (given.fewest ?? FEWEST) ||
    samples(figures.subarray(given.usual)) === 0
  ) {
    const verdict = `there are too few samples of ${name} to say what is usual and what is not`;
    const next = [{ say: `record at least ${FEWEST} samples before the window, and one in it` }];
    return { ...common, ...silent, state: "not-enough-data", verdict, next };
  }

  const sick = sickness(facts, symptom);
  const adding = (metric: Symptom["metric"]) => contributions(facts, amounts(facts, metric), { ...symptom, metric });
  const slower = adding("latency");
  const scale = symptom.metric === "latency" ? meanLatency(target, facts.usual) : 1 / 6;
  const found = symptom.metric === "latency" ? slower : adding(symptom.metric);
  const all = suspects(facts, symptom, scale, found, illnesses(facts, slower), known);
  const least = symptom.metric === "latency" ? Math.max(MATTERS, UNSURE / 2 / facts.usual) : MATTERS;
  const grave = all.filter((one) => one.isSignificant && one.run.excess >= least * scale);
  if (!isBeyondChance(sick, grave, symptom)) {
    const verdict = `nothing${sick.isKnown ? " new" : ""} is wrong with ${name}: ${usually(sick, symptom)}`;
    // few failures say little, and chance explains many of them; of latency each request tells. And a short past says little
    const isFew = symptom.metric === "availability" && sick.run.excess >= floorOf(facts, symptom);
    const isUnsure = isFew || given.usual < SURE;
    const confidence = sick.isKnown ? "low" : isUnsure ? "medium" : "high";
    const say = "if those were earlier troubles, leave them out of what is usual: --baseline 5m, or --from and --to";
    const next = sick.isKnown ? [{ say }] : [];
    return { ...common, ...silent, confidence, state: "nothing-wrong", verdict, next };
  }

  const whole = all.reduce((sum, { weight }) => sum + weight, 0);
  // who is on the way to the first may have been taken for held up by it, and is looked at again
  const shown = all.filter(({ service }, at) => at < MOST_FINDINGS || all[0]?.path.includes(service));
  const findings = shown.map((one, at) => findingOf(facts, symptom, { one, rank: at + 1, whole, scale }));
  const state = stateOf(shown[0], whole);
  return {
    ...common,
    ...{ state, confidence: confidenceOf(shown, whole), findings },
    verdict: verdictOf(name, symptom, { sick, finding: findings[0], state }),
    ruledOut: ruledOut(facts, symptom),
    next: findings.slice(0, 1).map(({ subject }) => ({
      say: `look at ${subject.service} itself: its workloads, its resources and what changed there before ${iso(times[sick.run.from])}`,
    })),
  };
}

function findingOf(
  facts: Facts,
  { metric }: Symptom,
  { one, rank, whole, scale }: { one: Suspect; rank: number; whole: number; scale: number },
): Finding {
  const { name, requests } = facts.services[one.service] as ServiceFacts;
  const unit = metric === "latency" ? "s" : "share";
  const before = median(requests.subarray(0, facts.usual)) || 0;
  const { from, length, excess } = one.run;
  const during = median(requests.subarray(from, from + length)) || 0;
  const isSurge = during > SURGE * before && (during - before) * length > NO_CHANCE * Math.sqrt(before * length);
  // who is asked more only after it had become slow is asked again
  const isBefore = !((requests[from] ?? Number.NaN) <= before);
  const isLoad = before > 0 && isSurge && isBefore && excess > MATTERS * scale;
  const adds = `${name} adds ${amount(excess, metric)} to a request`;
  return {
    rank,
    class: isLoad ? "load" : "service",
    subject: { service: name },
    since: iso(facts.times[from]),
    explained: round(whole === 0 ? 0 : one.weight / whole),
    sentence: isLoad ? `${adds}, while it has ${(during / before).toFixed(1)} times its usual requests` : adds,
    evidence: [
      {
        ...{ claim: "added to a request of the target, its callees left out", metric: "contribution" },
        ...{ baseline: round(Math.max(0, one.usual)), observed: round(Math.max(0, one.usual) + excess), unit },
      },
      { claim: "requests in an interval", metric: "requests", baseline: before, observed: during, unit: "requests" },
    ],
    path: one.path.map((service) => facts.services[service]?.name ?? ""),
  };
}

/**
 * Two looks, at the target and at who adds to it: where both see something, that is enough. One of them alone must see it in
 * more than one sample, and latency alone, which wanders, more of it.
 */
function isBeyondChance({ isWorse, run, needed }: Sickness, grave: readonly Suspect[], { metric }: Symptom): boolean {
  if (!isWorse) return grave.some((one) => one.run.length > 1);
  if (grave.length > 0) return true;
  return run.length > 1 && run.score >= needed * (metric === "latency" ? ALONE : 1);
}

function stateOf(first: Suspect | undefined, whole: number): State {
  if (!first?.isSignificant) return "unexplained";
  return first.weight >= 0.6 * whole ? "explained" : "partly";
}

function confidenceOf([first, second]: readonly Suspect[], whole: number): Confidence {
  if (!first) return "low";
  const isAlone = first.weight >= 0.6 * whole && first.weight >= 2 * (second?.weight ?? 0);
  if (first.isSignificant && isAlone) return "high";
  return first.isSignificant || isAlone ? "medium" : "low";
}

function ruledOut(facts: Facts, symptom: Symptom): Answer["ruledOut"] {
  const requests = (facts.services[symptom.service] as ServiceFacts).requests.map(counted);
  const before = median(requests.subarray(0, facts.usual));
  const during = median(requests.subarray(facts.usual));
  if (during > SURGE * before) return [];
  return [
    { class: "load", because: `requests of the target are as many as usual: ${before} → ${during} in an interval` },
  ];
}

/** Those without a figure in the window */
function missing(facts: Facts): string[] {
  return facts.services
    .filter(({ requests }) => requests.subarray(facts.usual).every(Number.isNaN))
    .map(({ name }) => `${name} has no sample in the window`);
}

function meanLatency({ latency }: ServiceFacts, usual: number): number {
  return median(latency.mean.subarray(0, usual)) || 0;
}

function usually({ usual, observed, chance }: Sickness, { metric }: Symptom): string {
  const share = Math.round(100 * chance);
  return `${amount(observed, metric)} at worst, ${amount(usual, metric)} usually; ${share} % of usual windows stand out as far`;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
