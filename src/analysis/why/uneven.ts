// One of several replicas that is not well, although its service is as usual: balancers leave it alone so well that the mean of all
// hardly moves (a gray failure: Huang et al., HotOS 2017). Its siblings do the same work at the same time, so they tell what it should take.
import type { SeenExchange } from "../../model/figures.ts";
import { poissonTail } from "../statistics/poisson.ts";
import type { Evidence } from "./answer.ts";
import { isRequest } from "./contrast/attributes.ts";
import { quantile } from "./robust.ts";
import { amount, percent } from "./words.ts";

/** requests that say what is usual */
const FEWEST = 20;
/** Requests of the same slot are of the same time: a host that is busy for a moment slows down all that are asked then. */
const SLOT_US = 5e6;
/** A request is slow that takes longer than nine in ten of the siblings' by this factor, and by so many µs. */
const SLOWER = 3;
const SLOWER_US = 10_000;
/** So many of its requests are slow, and of each third of them since it began; before, and of its siblings', a third of that at most. */
const MANY = 0.2;
const MANY_OF_THIRD = 0.1;
const FEWER = 3;
/** so many slow ones, for so long: one pause hits all that wait at that moment, and is over */
const FEWEST_SLOW = 3;
const LASTS_US = 10e6;
/** That so many are slow is chance less often than this, were it like its siblings, and like itself before. */
const CHANCE = 1e-3;
/** Of hardly any that was ever slow it is not known better than to this. */
const RARE = 0.02;
/** Who is left alone has less than its share before by this factor, of which there would be so many requests … */
const LESS = 10;
const EXPECTED = 50;
/** … and took so many times as long as its siblings. */
const LONGER = 4;

export type Uneven = {
  readonly service: string;
  readonly workload: string;
  /** µs since the epoch */
  readonly sinceUs: number;
  readonly says: string;
  readonly evidence: Evidence;
  /** of the time of the service's requests, that of its slow ones: 0…1 */
  readonly time: number;
};

/** Requests of a service with several workloads, of which one is looked at. */
type Seen = {
  readonly workload: string;
  /** share of the requests, before */
  readonly share: number;
  readonly ownBefore: readonly SeenExchange[];
  readonly all: readonly SeenExchange[];
  readonly own: readonly SeenExchange[];
  readonly siblings: readonly SeenExchange[];
  readonly slowUs: number;
};

/**
 * Of the service's requests the newest, oldest first; undefined: none of its workloads stands out.
 * @param isThere whether a workload still runs: of one that ends others get all requests
 */
export function unevenOf(
  before: readonly SeenExchange[],
  during: readonly SeenExchange[],
  isThere: (workload: string) => boolean = () => true,
): Uneven | undefined {
  const [was, is] = [before, during].map((rows) => rows.filter(isRequest)) as [SeenExchange[], SeenExchange[]];
  const workloads = [...new Set(is.map(({ destinationWorkload }) => destinationWorkload))];
  const found = workloads
    .filter((one) => one !== "" && isThere(one))
    .flatMap((workload) => {
      const isOwn = ({ destinationWorkload }: SeenExchange) => destinationWorkload === workload;
      const [own, siblings, ownBefore] = [is.filter(isOwn), is.filter((one) => !isOwn(one)), was.filter(isOwn)];
      if (siblings.length < FEWEST || ownBefore.length < FEWEST) return [];
      const usualUs = quantile(siblings.map(timeUs), 0.9);
      const slowUs = Math.max(SLOWER * usualUs, usualUs + SLOWER_US);
      const seen = { workload, share: ownBefore.length / was.length, ownBefore, all: is, own, siblings, slowUs };
      return [slowBeside(seen) ?? leftAlone(seen)].filter((one) => one !== undefined);
    });
  return found.sort((a, b) => b.time - a.time)[0];
}

function slowBeside({ workload, ownBefore, own, siblings, slowUs }: Seen): Uneven | undefined {
  const isSlow = (one: SeenExchange) => timeUs(one) > slowUs;
  const slowBefore = shareOf(ownBefore, isSlow);
  const ill = own.slice(onset(own.map(isSlow), slowBefore));
  const slowOnes = ill.filter(isSlow);
  const [[first], last] = [ill, slowOnes.at(-1)];
  if (!first || !last || slowOnes.length < FEWEST_SLOW || last.startUs - first.startUs < LASTS_US) return undefined;
  const [slow, ofSiblings] = [shareOf(ill, isSlow), besides(ill, siblings, (one) => Number(isSlow(one)))];
  const isChance = poissonTail(slowOnes.length, Math.max(RARE, slowBefore, ofSiblings) * ill.length) > CHANCE;
  if (slow < MANY || Math.max(slowBefore, ofSiblings) > slow / FEWER || isChance) return undefined;
  if (thirdsOf(ill).some((third) => shareOf(third, isSlow) < MANY_OF_THIRD)) return undefined;
  const others = siblings.filter(({ startUs }) => startUs >= first.startUs);
  return {
    ...{ service: first.destination, workload, sinceUs: first.startUs },
    says:
      `${percent(slow)} of what ${workload} is asked takes ${amount(slowUs / 1e6, "latency")} or more, ` +
      `${percent(slowBefore)} before, and ${percent(ofSiblings)} of what its siblings are asked at the same time`,
    evidence: share(`requests to ${workload} that are slow beside its siblings'`, "slow requests", slowBefore, slow),
    time: sum(slowOnes) / Math.max(1, sum(ill) + sum(others)),
  };
}

/** A balancer that is sure sends it next to nothing, and the few answers that it still gives say little by themselves. */
function leftAlone({ workload, share: before, all, own, siblings, slowUs }: Seen): Uneven | undefined {
  const middleUs = ((all[0]?.startUs ?? 0) + (all.at(-1)?.startUs ?? 0)) / 2;
  const later = (rows: readonly SeenExchange[]) => rows.filter(({ startUs }) => startUs >= middleUs).length;
  const expected = before * later(all);
  const [meanUs, siblingsUs] = [sum(own) / own.length, besides(own, siblings, timeUs)];
  const first = own.find((one) => timeUs(one) > slowUs) ?? own[0];
  if (!first || expected < EXPECTED || later(own) > expected / LESS || meanUs < LONGER * siblingsUs) return undefined;
  const now = later(own) / later(all);
  return {
    ...{ service: first.destination, workload, sinceUs: first.startUs },
    says:
      `${workload} is left alone with ${percent(now)} of the requests, ${percent(before)} before, since its answers take ` +
      `${amount(meanUs / 1e6, "latency")}, and its siblings' ${amount(siblingsUs / 1e6, "latency")} at the same time`,
    evidence: share(`requests that ${workload} has`, "share of requests", before, now),
    time: sum(own) / Math.max(1, sum(all)),
  };
}

function share(claim: string, metric: string, baseline: number, observed: number): Evidence {
  return {
    claim,
    metric,
    baseline: Number(baseline.toPrecision(4)),
    observed: Number(observed.toPrecision(4)),
    unit: "share",
  };
}

/** What the siblings' requests are like on average, at the times at which these were made. */
function besides(
  rows: readonly SeenExchange[],
  siblings: readonly SeenExchange[],
  of: (one: SeenExchange) => number,
): number {
  const slotOf = ({ startUs }: SeenExchange) => Math.floor(startUs / SLOT_US);
  const mean = (those: readonly SeenExchange[]) => those.reduce((all, one) => all + of(one), 0) / those.length;
  const bySlot = new Map([...Map.groupBy(siblings, slotOf)].map(([slot, those]) => [slot, mean(those)]));
  const all = mean(siblings);
  return rows.reduce((total, one) => total + (bySlot.get(slotOf(one)) ?? all), 0) / rows.length;
}

function thirdsOf(rows: readonly SeenExchange[]): SeenExchange[][] {
  const size = Math.ceil(rows.length / 3);
  return [0, 1, 2].map((at) => rows.slice(at * size, (at + 1) * size));
}

function timeUs({ durationUs }: SeenExchange): number {
  return durationUs;
}

function sum(rows: readonly SeenExchange[]): number {
  return rows.reduce((total, one) => total + timeUs(one), 0);
}

function shareOf(rows: readonly SeenExchange[], is: (one: SeenExchange) => boolean): number {
  return rows.length === 0 ? 0 : rows.filter(is).length / rows.length;
}

/** From where on more of them are slow than before: the lowest point of a cumulative sum (Page, Biometrika 1954). */
function onset(slow: readonly boolean[], before: number): number {
  const between = (before + slow.filter(Boolean).length / slow.length) / 2;
  let [total, lowest, at] = [0, 0, 0];
  for (const [index, one] of slow.entries()) {
    total += Number(one) - between;
    if (total < lowest) [lowest, at] = [total, index + 1];
  }
  return at;
}
