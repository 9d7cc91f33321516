// One of several replicas that is not well, although its service is as usual: balancers leave it alone so well that the mean of all
// hardly moves (a gray failure: Huang et al., HotOS 2017). Its siblings do the same work at the same time, so they tell what it should take.
import type { SeenExchange } from "../../model/figures.ts";
import type { Course } from "../../model/tally.ts";
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
/** requests: of fewer nothing is said */
const FEWEST = 20;

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

/** Of the service's requests the newest, oldest first; undefined: none of its workloads stands out. */
export function unevenOf(before: readonly SeenExchange[], during: readonly SeenExchange[]): Uneven | undefined {
  const [was, is] = [before, during].map((rows) => rows.filter(isRequest)) as [SeenExchange[], SeenExchange[]];
  const found = [...new Set(is.map(({ destinationWorkload }) => destinationWorkload))].flatMap((workload) => {
    const one = workload === "" ? undefined : standsOut(workload, was, is);
    return one ? [one] : [];
  });
  return found.sort((a, b) => b.slow - a.slow)[0];
}

function standsOut(workload: string, was: SeenExchange[], is: SeenExchange[]): Uneven | undefined {
  const isOwn = ({ destinationWorkload }: SeenExchange) => destinationWorkload === workload;
  const [own, siblings, ownBefore] = [is.filter(isOwn), is.filter((one) => !isOwn(one)), was.filter(isOwn)];
  if (own.length < FEWEST || siblings.length < FEWEST || ownBefore.length < FEWEST) return undefined;
  const usualUs = quantile(siblings.map(timeUs), 0.9);
  const slowUs = Math.max(SLOWER * usualUs, usualUs + SLOWER_US);
  const isSlow = (one: SeenExchange) => timeUs(one) > slowUs;
  const slowBefore = shareOf(ownBefore, isSlow);
  const ill = own.slice(onset(own.map(isSlow), slowBefore));
  const [first] = ill;
  if (!first || ill.length < FEWEST / 2) return undefined;
  const slow = shareOf(ill, isSlow);
  if (slow < MANY || slowBefore > slow / FEWER_BEFORE) return undefined;
  // one pause may hit many that wait at the same time, and is over
  const third = Math.ceil(ill.length / 3);
  if ([0, 1, 2].some((at) => shareOf(ill.slice(at * third, (at + 1) * third), isSlow) < MANY_OF_THIRD))
    return undefined;

  const since = ({ startUs }: SeenExchange) => startUs >= first.startUs;
  const others = siblings.filter(since);
  const sum = (rows: readonly SeenExchange[]) => rows.reduce((total, one) => total + timeUs(one), 0);
  return {
    ...{ service: first.destination, workload, sinceUs: first.startUs },
    ...{ slow, slowBefore, slowOfSiblings: shareOf(others, isSlow), slowUs },
    asked: ill.length / (ill.length + others.length),
    time: sum(ill.filter(isSlow)) / Math.max(1, sum(ill) + sum(others)),
  };
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
