// One of several replicas that is not well, although its service is as usual: balancers leave it alone so well that the mean of all
// hardly moves (a gray failure: Huang et al., HotOS 2017). Its siblings do the same work at the same time, so they tell what it should take.
import type { SeenExchange } from "../../model/figures.ts";
import type { Course } from "../../model/tally.ts";
import { poissonTail } from "../statistics/poisson.ts";
import type { Answer, Finding } from "./answer.ts";
import { isRequest } from "./contrast/attributes.ts";
import { quantile } from "./robust.ts";
import { amount, iso, percent } from "./words.ts";

/** A request is slow that takes longer than nine in ten of the siblings' by this factor, and by so many µs. */
const SLOWER = 3;
const SLOWER_US = 10_000;
/** So many of its requests are slow, and of each third of them since it began; before it was a quarter of that at most. */
const MANY = 0.2;
const MANY_OF_THIRD = 0.1;
const FEWER_BEFORE = 4;
/** requests that say what is usual */
const FEWEST = 20;
/** so many slow ones, for so long: one pause hits all that wait at that moment, and is over */
const FEWEST_SLOW = 3;
const LASTS_US = 10e6;
/** That so many are slow is chance less often than this, were it like its siblings, and like itself before. */
const CHANCE = 1e-3;
/** Or a balancer sends it less than its share before by this factor, and most of what it had was slow. */
const LEFT_ALONE = 10;
const MOST = 0.5;
/** Of hardly any that was ever slow it is not known better than to this. */
const RARE = 0.02;

export type Uneven = {
  readonly service: string;
  readonly workload: string;
  /** µs since the epoch */
  readonly sinceUs: number;
  /** of its requests since then, and before, so many took longer than `slowUs`; of its siblings' since then */
  readonly slow: number;
  readonly slowBefore: number;
  readonly slowOfSiblings: number;
  readonly slowUs: number;
  /** of the service's requests since then, it had so many */
  readonly asked: number;
  /** of the time of the service's requests since then, that of its slow ones: 0…1 */
  readonly time: number;
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
  const found = [...new Set(is.map(({ destinationWorkload }) => destinationWorkload))].flatMap((workload) => {
    const one = workload !== "" && isThere(workload) ? standsOut(workload, was, is) : undefined;
    return one ? [one] : [];
  });
  return found.sort((a, b) => b.slow - a.slow)[0];
}

function standsOut(workload: string, was: SeenExchange[], is: SeenExchange[]): Uneven | undefined {
  const isOwn = ({ destinationWorkload }: SeenExchange) => destinationWorkload === workload;
  const [own, siblings, ownBefore] = [is.filter(isOwn), is.filter((one) => !isOwn(one)), was.filter(isOwn)];
  if (siblings.length < FEWEST || ownBefore.length < FEWEST) return undefined;
  const usualUs = quantile(siblings.map(timeUs), 0.9);
  const slowUs = Math.max(SLOWER * usualUs, usualUs + SLOWER_US);
  const isSlow = (one: SeenExchange) => timeUs(one) > slowUs;
  const slowBefore = shareOf(ownBefore, isSlow);
  const ill = own.slice(onset(own.map(isSlow), slowBefore));
  const slowOnes = ill.filter(isSlow);
  const [[first], last] = [ill, slowOnes.at(-1)];
  if (!first || !last) return undefined;
  const slow = shareOf(ill, isSlow);
  if (slow < MANY || slowBefore > slow / FEWER_BEFORE) return undefined;

  const since = ({ startUs }: SeenExchange) => startUs >= first.startUs;
  const others = siblings.filter(since);
  const asked = ill.length / (ill.length + others.length);
  const isLeftAlone = slowOnes.length > 1 && slow >= MOST && asked < ownBefore.length / was.length / LEFT_ALONE;
  const usual = Math.max(RARE, slowBefore, shareOf(siblings, isSlow));
  const isChance = poissonTail(slowOnes.length, usual * ill.length) > CHANCE;
  const lasts =
    last.startUs - first.startUs >= LASTS_US && thirdsOf(ill).every((one) => shareOf(one, isSlow) >= MANY_OF_THIRD);
  if (!isLeftAlone && (isChance || !lasts || slowOnes.length < FEWEST_SLOW)) return undefined;
  const sum = (rows: readonly SeenExchange[]) => rows.reduce((total, one) => total + timeUs(one), 0);
  return {
    ...{ service: first.destination, workload, sinceUs: first.startUs },
    ...{ slow, slowBefore, slowOfSiblings: shareOf(others, isSlow), slowUs },
    asked,
    time: sum(ill.filter(isSlow)) / Math.max(1, sum(ill) + sum(others)),
  };
}

function thirdsOf(rows: readonly SeenExchange[]): SeenExchange[][] {
  const size = Math.ceil(rows.length / 3);
  return [0, 1, 2].map((at) => rows.slice(at * size, (at + 1) * size));
}

function timeUs({ durationUs }: SeenExchange): number {
  return durationUs;
}

function shareOf(rows: readonly SeenExchange[], is: (one: SeenExchange) => boolean): number {
  return rows.length === 0 ? 0 : rows.filter(is).length / rows.length;
}

/** From where on more of them are slow than before: the lowest point of a cumulative sum (Page, Biometrika 1954). */
function onset(slow: readonly boolean[], before: number): number {
  const between = (before + slow.filter(Boolean).length / slow.length) / 2;
  let [sum, lowest, at] = [0, 0, 0];
  for (const [index, one] of slow.entries()) {
    sum += Number(one) - between;
    if (sum < lowest) [lowest, at] = [sum, index + 1];
  }
  return at;
}

/** From the service to itself and to each that it asks, or that they ask: the shortest way. */
export function pathsFrom({ calls }: Pick<Course, "calls">, service: string): string[][] {
  const paths = new Map([[service, [service]]]);
  for (const [name, path] of paths) {
    for (const { source, destination } of calls) {
      if (source === name && !paths.has(destination)) paths.set(destination, [...path, destination]);
    }
  }
  return [...paths.values()];
}

/** @param answer that nothing is wrong with the service that was asked about; @param path from it to the uneven one */
export function withUneven(answer: Answer, one: Uneven, path: readonly string[]): Answer {
  const [target = one.service] = path;
  const says =
    `${percent(one.slow)} of what ${one.workload} is asked takes ${amount(one.slowUs / 1e6, "latency")} or more, ` +
    `${percent(one.slowBefore)} before, and ${percent(one.slowOfSiblings)} of what its siblings are asked`;
  const finding: Finding = {
    ...{ rank: 1, class: "unexplained", subject: { service: one.service, workload: one.workload } },
    since: iso(one.sinceUs / 1e6),
    explained: Number(one.time.toPrecision(4)),
    sentence: `${says}; it has ${percent(one.asked)} of the requests`,
    evidence: [
      {
        ...{ claim: `requests to ${one.workload} that are slow beside its siblings'`, metric: "slow requests" },
        ...{
          baseline: Number(one.slowBefore.toPrecision(4)),
          observed: Number(one.slow.toPrecision(4)),
          unit: "share",
        },
      },
    ],
    path: [...path],
  };
  return {
    ...answer,
    ...{ state: "partly", confidence: "medium", findings: [finding] },
    verdict: `${target} as a whole is no slower than usual, but one workload behind it is not well: ${says}`,
    next: [{ say: "what each workload uses and waits for", command: "meshwise ps" }, ...answer.next],
  };
}
