// Who of all that the target calls stands out, in the order of what each adds to a request of the target.
import { counted } from "./amounts.ts";
import type { Contribution } from "./contributions.ts";
import { type Excess, excessOf, type Run } from "./excess.ts";
import type { Facts, Series, ServiceFacts, Symptom } from "./facts.ts";
import type { Illnesses } from "./illness.ts";
import { median, quantile } from "./robust.ts";

/** What is known of services besides their figures, by name. */
export type Known = {
  /** they are slow by themselves: nobody holds them up */
  readonly free?: ReadonlySet<string>;
  /** they are slow, or fail, for one caller alone, which is named: what they seem to add is its */
  readonly cleared?: ReadonlyMap<string, string>;
};

export type Suspect = Contribution &
  Excess & {
    /** what it added over its run, with what it made its callers wait: amount of a request × samples */
    readonly weight: number;
    /** it stands out more than anything does in nearly all windows of the baseline */
    readonly isSignificant: boolean;
  };

/** Share of the baseline's windows in which something may stand out as far as what is called significant. */
const FALSE_WINDOWS = 0.01;
/** Below this share of the usual amount of a request nobody would notice. */
const RESOLUTION = 0.01;
/** A callee is taken to hold up its caller only if it adds at least this part of what the caller seems to add itself. */
const HOLDS = 0.2;
/** and by a queue before the callee, which may be long, but not of any length. */
const AMPLIFIED = 0.05;
/** The same before a callee that takes `GIVES_UP` times as long as usual. */
const STUCK = 0.01;
/** Whose trouble is another's stays in the list, behind all others. */
const HARDLY = 1e-3;
/** and only if the caller takes so many times what it usually takes */
const SLOWED = 1.3;
/** or the callee does so: callers give up early, and are no slower for that */
const GIVES_UP = 5;
/** A callee that is asked more often than so many tries make it is what its caller made it. */
const TRIES = 3;
/** and than so many where nothing makes anybody try again */
const MORE = 1.3;
/** Share of requests: fewer failures make nobody try again. */
const FAILS = 0.02;

export function suspects(
  facts: Facts,
  { service: target, metric }: Symptom,
  usual: number,
  found: readonly Contribution[],
  ill: Illnesses,
  { free = new Set(), cleared = new Map() }: Known = {},
): Suspect[] {
  const requests = facts.services[target]?.requests as Series;
  const typical = Math.max(1, quantile(requests.map(counted), 0.5) || 0);
  // Of few requests, one failure more or less says nothing: a deviation is at least that of one failure.
  const least = metric === "latency" ? usual * RESOLUTION || 1e-6 : 1 / typical;
  const all = found.map((one) => ({ ...one, ...excessOf(one.added, facts.usual, least) }));
  const limit = familyLimit(all);
  const judged = all.map((one) => ({
    ...one,
    weight: Math.max(0, one.run.excess * one.run.length),
    isSignificant: one.run.score > Math.max(limit, one.needed),
  }));
  const weightOf = (one: Suspect) => (metric === "latency" ? one.weight : (ill.get(one.service)?.weight ?? 0));
  const nameOf = ({ service }: Suspect) => facts.services[service]?.name ?? "";
  // of those with one name in several namespaces the first
  const byName = new Map(judged.toReversed().map((one) => [nameOf(one), one]));
  const returned = giveBack(judged, (one) => byName.get(cleared.get(nameOf(one)) ?? ""));
  return handOver(returned, weightOf, {
    isFree: (caller) => free.has(nameOf(caller)),
    isHolder: (callee) => !cleared.has(nameOf(callee)),
    isHeldUp: (caller, callee) => isHeldUp(facts, ill, { caller, callee, part: weightOf(callee) / weightOf(caller) }),
  })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
}

/** One look at all services at once is one look: the limit is of the highest score among them, window by window. */
function familyLimit(all: readonly Excess[]): number {
  const highest = Float64Array.from(all[0]?.before ?? [], (_, at) =>
    all.reduce((most, { before }) => Math.max(most, before[at] as number), Number.NEGATIVE_INFINITY),
  );
  return Math.max(3, quantile(highest, 1 - FALSE_WINDOWS) || 0);
}

function giveBack(all: readonly Suspect[], callerOf: (callee: Suspect) => Suspect | undefined): Suspect[] {
  const givenTo = Map.groupBy(all, callerOf);
  return all.map((one) => {
    const own = callerOf(one) ? one.weight * HARDLY : one.weight;
    const given = (givenTo.get(one) ?? []).reduce((sum, { weight }) => sum + weight, 0);
    return { ...one, weight: own + given };
  });
}

type Holding = {
  readonly isFree: (caller: Suspect) => boolean;
  readonly isHolder: (callee: Suspect) => boolean;
  readonly isHeldUp: (caller: Suspect, callee: Suspect) => boolean;
};

/**
 * A slow callee holds its callers' threads and connections, runs into their timeouts and is tried again: what a caller then
 * adds, in time or failures, is the callee's. It is taken to be so when the callee has become slow itself, not later, and the
 * caller is slow too; or when the callee stands out more and adds a fair part of it. The other way round it does not happen: a
 * caller's trouble leaves the time its callees take themselves as it was.
 */
function handOver(
  all: readonly Suspect[],
  weightOf: (holder: Suspect) => number,
  { isFree, isHolder, isHeldUp: isHeldUpBy }: Holding,
): Suspect[] {
  const weights = new Map(all.map(({ service, weight }) => [service, weight]));
  const holderOf = new Map<Suspect, Suspect>();
  const byService = new Map(all.map((one) => [one.service, one]));
  const onPath = new Map(all.map(({ service }): [number, Suspect[]] => [service, []]));
  for (const one of all) for (const caller of one.path) onPath.get(caller)?.push(one);
  for (const caller of [...all].reverse()) {
    if (isFree(caller)) continue;
    const below = new Set(onPath.get(caller.service));
    const isLouder = (one: Suspect) => one.run.score > caller.run.score && one.weight >= HOLDS * caller.weight;
    const holders = [...below.union(askedBy(caller, byService))].filter((one) => {
      if (one === caller || !isHolder(one)) return false;
      return isHeldUpBy(caller, one) || (below.has(one) && isLouder(one) && isNotLater(one.run, caller.run));
    });
    const nearest = holders.sort((a, b) => weightOf(b) - weightOf(a))[0];
    if (!nearest) continue;
    // who holds it up may be held up itself
    const holder = holderOf.get(nearest) ?? nearest;
    if (isHeldUpBy(caller, nearest)) holderOf.set(caller, holder);
    weights.set(holder.service, (weights.get(holder.service) ?? 0) + (weights.get(caller.service) ?? 0));
    weights.set(caller.service, (weights.get(caller.service) ?? 0) * HARDLY);
  }
  return all.map((one) => ({ ...one, weight: weights.get(one.service) ?? 0 }));
}

/** All that it asks, directly or not: there may be more than one way to a service. */
function askedBy(caller: Suspect, byService: ReadonlyMap<number, Suspect>): Set<Suspect> {
  const found = new Set([caller]);
  // a set is walked on to what is added meanwhile
  for (const { callees } of found) {
    for (const callee of callees) {
      const one = byService.get(callee);
      if (one) found.add(one);
    }
  }
  return found;
}

/** Who fails at once is not held up by anybody, unless whom he asks takes so long that he gives up. */
function isHeldUp(
  facts: Facts,
  ill: Illnesses,
  { caller, callee, part }: { caller: Suspect; callee: Suspect; part: number },
): boolean {
  const illness = ill.get(callee.service);
  const run = ill.get(caller.service) ?? caller.run;
  if (!illness || !isNotLater(seenSince(facts, callee.service, illness), run)) return false;
  const { from, length } = run;
  const grown = (series: Series) =>
    median(series.subarray(from, from + length)) / median(series.subarray(0, facts.usual));
  const isFailing = ({ service }: Suspect) => {
    const { availability } = facts.services[service] as ServiceFacts;
    return median(availability.subarray(from, from + length)) < median(availability.subarray(0, facts.usual)) - FAILS;
  };
  const slowed = ({ service }: Suspect) => grown((facts.services[service] as ServiceFacts).latency.mean);
  const asked = ({ service }: Suspect) => grown((facts.services[service] as ServiceFacts).requests);
  if (part < (slowed(callee) > GIVES_UP ? STUCK : AMPLIFIED)) return false;
  // who stands still asks less, and others ask as much as before; nobody tries again whom he gets an answer from in time
  const most = slowed(callee) > GIVES_UP || isFailing(callee) ? TRIES : MORE;
  if (asked(callee) > most * Math.max(1, asked(caller))) return false;
  return slowed(caller) > SLOWED || slowed(callee) > GIVES_UP;
}

/** What takes long is counted when it ends, whoever gives up waiting for it before: it began as much earlier. */
function seenSince(facts: Facts, service: number, { from, length }: Run): Pick<Run, "from"> {
  const { mean } = (facts.services[service] as ServiceFacts).latency;
  const lasted = median(mean.subarray(from, from + length)) || 0;
  return { from: from - Math.floor(lasted / facts.intervalS) };
}

function isNotLater(one: Pick<Run, "from">, other: Run): boolean {
  return one.from <= other.from + 1;
}
