// What requests would have taken, were a suspect beneath them as it usually is: its own time is replaced by draws from before,
// and what waited for it comes so much earlier. A cause that this does not make faster is not the cause.
import { type Random, seededRandom } from "../../base/random.ts";
import type { SeenExchange } from "../../model/figures.ts";
import { criticalPath, gapsIn, type Interval } from "../ledger/critical-path.ts";
import type { Answer, Evidence } from "./answer.ts";
import { leastSure } from "./confidence.ts";
import { isRequest, routeOf } from "./contrast/attributes.ts";
import { amount } from "./words.ts";

type Requests = readonly SeenExchange[];

export type Replayed = {
  /** requests of the target, each with how many it stands for */
  readonly sampled: readonly { readonly of: SeenExchange; readonly weight: number }[];
  /** all exchanges of their traces */
  readonly spans: Requests;
  /** what the target was asked before */
  readonly usual: Requests;
  readonly suspect: string;
  /** what the suspect was asked, and asked of others, before */
  readonly before: { readonly requests: Requests; readonly calls: Requests };
};

/** s, of the target's mean request */
export type Replay = {
  readonly now: number;
  readonly replayed: number;
  /** of what they take more than requests of the same routes did before, so much would be gone; 0 to 1 and somewhat beyond */
  readonly explained: number;
};

const FEWEST = 10;
const FEWEST_USUAL = 20;
const US_PER_S = 1e6;
/** between the clocks of two hosts, so that a call may seem to outlast its request */
const SKEW_US = 1_000;

/** of what they take more, so much is worth a sentence, and less than this leaves a doubt */
const EXPLAINS = 0.5;
const DOUBTED = 0.3;

type Node = { readonly of: SeenExchange; readonly children: readonly Node[] };

/** undefined: too little of this is known, or it is not slower */
export function replayOf({ sampled, spans, usual, suspect, before }: Replayed): Replay | undefined {
  const callsOf = Map.groupBy(spans.filter(isRequest), ({ parentSpanId }) => parentSpanId);
  const draw = usualOwn(before, seededRandom(1));
  const normalUs = new Map(
    [...Map.groupBy(usual.filter(isRequest), routeOf)]
      .filter(([, some]) => some.length >= FEWEST_USUAL)
      .map(([route, some]) => [route, some.reduce((sum, { durationUs }) => sum + durationUs, 0) / some.length]),
  );
  const known = sampled
    .filter(({ of }) => normalUs.has(routeOf(of)))
    .map(({ of, weight }) => ({ tree: treeOf(of, callsOf), weight }))
    .filter(({ tree }) => tree.of.destination === suspect || tree.children.length > 0);
  if (!draw || known.length < FEWEST) return undefined;
  const all = known.reduce((sum, { weight }) => sum + weight, 0);
  const meanS = (us: (tree: Node) => number) =>
    known.reduce((sum, { tree, weight }) => sum + weight * us(tree), 0) / all / US_PER_S;
  const now = meanS(({ of }) => of.durationUs);
  const normal = meanS(({ of }) => normalUs.get(routeOf(of)) as number);
  const replayed = meanS((tree) => replayUs(tree, suspect, draw));
  return now > normal ? { now, replayed, explained: (now - replayed) / (now - normal) } : undefined;
}

/** The answer with what it says of the first suspect. Where calls are not linked it makes nothing faster, so it clears nobody; but
 *  who is not confirmed is not sure. */
export function withReplay(answer: Answer, { now, replayed, explained }: Replay): Answer {
  const [first, ...rest] = answer.findings;
  const target = first?.path[0];
  if (!first || target === undefined) return answer;
  const [usually, is] = [replayed, now].map((seconds) => amount(seconds, "latency"));
  const its = `a mean request of ${target}${first.subject.service === target ? "" : " that asks others"}`;
  const says = `were it as usual, ${its} would take ${usually} instead of ${is}`;
  const evidence: Evidence = {
    ...{
      claim: `${its}, replayed with ${first.subject.service} as usual, and as it was`,
      metric: "replay",
    },
    ...{ baseline: replayed, observed: now, unit: "s" },
  };
  const sentence = explained >= EXPLAINS ? `${first.sentence}; ${says}` : first.sentence;
  const confidence = isDoubted({ explained }) ? leastSure(answer.confidence, "medium") : answer.confidence;
  return {
    ...answer,
    confidence,
    findings: [{ ...first, sentence, evidence: [...first.evidence, evidence] }, ...rest],
  };
}

/** Hardly anything is gone by it: another one may be the cause. */
export function isDoubted({ explained }: Pick<Replay, "explained">): boolean {
  return explained < DOUBTED;
}

function treeOf(of: SeenExchange, callsOf: ReadonlyMap<string | undefined, Requests>): Node {
  const endUs = of.startUs + of.durationUs;
  // nobody waits for what goes on after the answer
  const waitedFor = (callsOf.get(of.serverSpanId) ?? []).filter((one) => endOf(one) <= endUs + SKEW_US);
  return { of, children: waitedFor.toSorted((a, b) => a.startUs - b.startUs).map((one) => treeOf(one, callsOf)) };
}

/** Draws from its own times before, of the same route where enough are known. */
function usualOwn({ requests, calls }: Replayed["before"], random: Random): ((of: SeenExchange) => number) | undefined {
  const callsOf = Map.groupBy(calls.filter(isRequest), ({ parentSpanId }) => parentSpanId);
  const all = requests.filter(isRequest);
  if (all.length < FEWEST_USUAL) return undefined;
  const ownOf = (some: Requests) => some.map((one) => lengthOf(gapsOf(treeOf(one, callsOf))));
  const byRoute = new Map(
    [...Map.groupBy(all, routeOf)]
      .filter(([, some]) => some.length >= FEWEST_USUAL)
      .map(([route, some]) => [route, ownOf(some)]),
  );
  const anyOwn = ownOf(all);
  return (of) => {
    const own = byRoute.get(routeOf(of)) ?? anyOwn;
    return own[Math.floor(random.unit() * own.length)] as number;
  };
}

/** What of it lies in none of its calls. */
function gapsOf({ of, children }: Node): readonly Interval[] {
  const whole = intervalOf(of);
  return gapsIn(
    whole,
    criticalPath(
      whole,
      children.map((one) => intervalOf(one.of)),
    ),
  );
}

/** As far as they lie between. */
function lengthOf(
  gaps: readonly Interval[],
  fromUs = Number.NEGATIVE_INFINITY,
  toUs = Number.POSITIVE_INFINITY,
): number {
  return gaps.reduce((sum, one) => sum + Math.max(0, Math.min(one.toUs, toUs) - Math.max(one.fromUs, fromUs)), 0);
}

function endOf({ startUs, durationUs }: SeenExchange): number {
  return startUs + durationUs;
}

function intervalOf(one: SeenExchange): Interval {
  return { fromUs: one.startUs, toUs: endOf(one) };
}

/**
 * How long it takes when the suspect's own time is as usual. A call comes after those that had ended before it began, and after as
 * long as it came after the last of them; and so does the end.
 */
function replayUs({ of, children }: Node, suspect: string, draw: (of: SeenExchange) => number): number {
  const gaps = of.destination === suspect ? gapsOf({ of, children }) : [];
  const own = lengthOf(gaps);
  const scale = own > 0 ? draw(of) / own : 1;
  const done: { readonly endUs: number; readonly newEndUs: number }[] = [{ endUs: of.startUs, newEndUs: 0 }];
  const after = (us: number) => {
    const earlier = done.filter(({ endUs }) => endUs <= us);
    const last = Math.max(...earlier.map(({ endUs }) => endUs));
    const itsOwn = lengthOf(gaps, last, us);
    return Math.max(...earlier.map(({ newEndUs }) => newEndUs)) + us - last + (scale - 1) * itsOwn;
  };
  for (const child of children) {
    const newEndUs = after(child.of.startUs) + replayUs(child, suspect, draw);
    done.push({ endUs: Math.min(endOf(child.of), endOf(of)), newEndUs });
  }
  return after(endOf(of));
}
